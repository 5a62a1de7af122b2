export type GitObject = { sha: string; type: string; content: Buffer }

/** Far above any commit or tag that a person writes, and small enough to hold a page of such objects in memory. */
export const MAX_OBJECT_BYTES = 1024 ** 2

type Body = { sha: string; type: string; parts: Buffer[]; remaining: number; wanted: number }

type Bounds = {
  maxBytes?: number
  /** A larger object is cut to its beginning. Without `cut` it is null. */
  cut?: boolean
}

const HEADER = /^([0-9a-f]{40,64}) (\w+) (\d+)$/
const LINE_FEED = 0x0a
const NOTHING = Buffer.alloc(0)

/** Splits the output of `git cat-file --batch` into answers, which do not align with the chunks of the pipe. */
export class ObjectParser {
  readonly #onAnswer: (object: GitObject | null) => void
  readonly #maxBytes: number
  readonly #cut: boolean
  #header = NOTHING
  #body: Body | null = null

  constructor(onAnswer: (object: GitObject | null) => void, { maxBytes = MAX_OBJECT_BYTES, cut = false }: Bounds = {}) {
    this.#onAnswer = onAnswer
    this.#maxBytes = maxBytes
    this.#cut = cut
  }

  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) rest = this.#body ? this.#readBody(this.#body, rest) : this.#readHeader(rest)
  }

  #readHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED)
    const line = Buffer.concat([this.#header, end < 0 ? chunk : chunk.subarray(0, end)])
    this.#header = end < 0 ? line : NOTHING
    if (end < 0) return NOTHING

    const [, sha, type, size] = HEADER.exec(line.toString('latin1')) ?? []
    if (sha === undefined || type === undefined) this.#onAnswer(null)
    else this.#body = this.#bodyOf(sha, type, Number(size))
    return chunk.subarray(end + 1)
  }

  #bodyOf(sha: string, type: string, size: number): Body {
    const isWanted = this.#cut || size <= this.#maxBytes
    // A line feed follows the content.
    return { sha, type, parts: [], remaining: size + 1, wanted: isWanted ? Math.min(size, this.#maxBytes) : -1 }
  }

  #readBody(body: Body, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, body.remaining)
    body.remaining -= part.length
    if (body.wanted > 0) {
      const wanted = part.subarray(0, body.wanted)
      body.parts.push(wanted)
      // `wanted` ends at 0 for a complete body. A skipped body has -1.
      body.wanted -= wanted.length
    }
    if (body.remaining === 0) {
      this.#body = null
      const { sha, type, wanted, parts } = body
      this.#onAnswer(wanted < 0 ? null : { sha, type, content: Buffer.concat(parts) })
    }
    return chunk.subarray(part.length)
  }
}
