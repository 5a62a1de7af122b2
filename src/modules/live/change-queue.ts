export type ChangeQueue = {
  add: (ids: readonly number[]) => void
  /** Ends the queue and drops what waits in it. If an error is given, the next `take` throws it. */
  end: (error?: Error) => void
  /** Takes the id that waits longest. Undefined when none has come for so many milliseconds, and null after the end. */
  take: (patienceMs: number) => Promise<number | undefined | null>
}

/** Ids that wait for one reader. Each waits once, because the reader looks at the present state anyway. */
export function createChangeQueue({ limit, tooMany }: { limit: number; tooMany: () => Error }): ChangeQueue {
  const waiting = new Set<number>()
  let over: { error: Error | undefined } | null = null
  let wake = () => {}

  const end = (error?: Error) => {
    over = { error }
    waiting.clear()
    wake()
  }
  return {
    add(ids) {
      if (over) return
      for (const id of ids) waiting.add(id)
      if (waiting.size > limit) end(tooMany())
      else wake()
    },
    end,
    async take(patienceMs) {
      if (!over && waiting.size === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patienceMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      if (over?.error) throw over.error
      if (over) return null
      const [id] = waiting
      if (id !== undefined) waiting.delete(id)
      return id
    },
  }
}
