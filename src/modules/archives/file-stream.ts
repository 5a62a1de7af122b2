/** A file, which may still be growing. */
export type FileSource = {
  /** The number of bytes behind a position, as soon as there are any; 0 at the end. */
  available: (position: number) => Promise<number>
  /** Reads into the buffer and returns how many bytes it read. */
  read: (buffer: Uint8Array, position: number) => Promise<number>
  /** Called when nothing more will be read, for whatever reason. It may be called twice. */
  close: () => unknown
  /** Breaks the stream off, even for a client that does not read. */
  cut: AbortSignal
}

const PIECE_BYTES = 64 * 1024

/** Reads one piece at a time and only when it is asked for, so a slow client costs no memory. */
export function streamOf({ available, read, close, cut }: FileSource): ReadableStream<Uint8Array> {
  let position = 0
  let cancelled = false
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const length = Math.min(await available(position), PIECE_BYTES)
    if (cancelled) return
    if (length === 0) {
      await close()
      return controller.close()
    }
    const buffer = new Uint8Array(length)
    const size = await read(buffer, position)
    if (cancelled) return
    if (size === 0) throw new Error('the file ended early')
    position += size
    controller.enqueue(buffer.subarray(0, size))
  }
  return new ReadableStream(
    {
      start: (controller) => {
        const breakOff = () => {
          if (cancelled) return
          cancelled = true
          controller.error(cut.reason)
          void close()
        }
        cut.addEventListener('abort', breakOff, { once: true })
      },
      pull: async (controller) => {
        try {
          await pull(controller)
        } catch (error) {
          await close()
          if (!cancelled) throw error
        }
      },
      cancel: async () => {
        cancelled = true
        await close()
      },
    },
    { highWaterMark: 0 },
  )
}
