const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

let last: Promise<unknown> = Promise.resolve()

/**
 * Renders one text at a time, and lets the server answer other requests between two texts, because rendering blocks the process
 * for up to a second.
 */
export function inTurn<Result>(render: () => Result): Promise<Result> {
  const result = last.then(nextTurn).then(render)
  last = result.catch(() => {})
  return result
}
