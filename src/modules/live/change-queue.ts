/** Ids on their way to one reader, each once: the reader looks at its present state anyway. */
export function createChangeQueue({ limit, tooMany }: { limit: number; tooMany: () => Error }) {
  const waiting = new Set<number>()
  let over: { error: Error | undefined } | null = null
  let wake = () => {}

  /** Nothing follows; what waits is dropped. With an error, the next `take` throws it. */
  const end = (error?: Error) => {
    over = { error }
    waiting.clear()
    wake()
  }
  return {
    add(ids: readonly number[]): void {
      if (over) return
      for (const id of ids) waiting.add(id)
      if (waiting.size > limit) end(tooMany())
      else wake()
    },
    end,
    /** The id that waits longest; undefined when none has come for so many milliseconds; null after the end. */
    async take(patienceMs: number): Promise<number | undefined | null> {
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
