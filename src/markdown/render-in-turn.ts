import pLimit from 'p-limit'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

const oneAtATime = pLimit(1)

/**
 * Renders one text at a time, and lets the server answer other requests between two texts, because rendering blocks the process
 * for up to a second.
 */
export const inTurn = <Result>(render: () => Result): Promise<Result> =>
  oneAtATime(async () => {
    await nextTurn()
    return render()
  })
