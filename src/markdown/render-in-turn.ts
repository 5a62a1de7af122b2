const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

let last: Promise<unknown> = Promise.resolve()

/**
 * Rendering takes up to a second, and is none of the things that the server may wait for: so one is done at a time, whoever asks,
 * and what has come meanwhile is answered before the next.
 */
export function inTurn<Result>(render: () => Result): Promise<Result> {
  const result = last.then(nextTurn).then(render)
  last = result.catch(() => {})
  return result
}
