export type GitObject = { sha: string; type: string; content: Buffer }

/** Far above any commit or tag that a person wrote, and small enough to hold a page of them. */
export const MAX_OBJECT_BYTES = 1024 ** 2

type Body = { sha: string; type: string; parts: Buffer[]; remaining: number; skipped: boolean }

const HEADER = /^([0-9a-f]{40,64}) (\w+) (\d+)$/
const LINE_FEED = 0x0a
const NOTHING = Buffer.alloc(0)

/** Cuts what `git cat-file --batch` prints into answers, wherever the chunks of the pipe begin and end. */
export class ObjectParser {
  readonly #onAnswer: (object: GitObject | null) => void
  #header = NOTHING
  #body: Body | null = null

  constructor(onAnswer: (object: GitObject | null) => void) {
    this.#onAnswer = onAnswer
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
    // One byte more: a line feed follows the content.
    else this.#body = { sha, type, parts: [], remaining: Number(size) + 1, skipped: Number(size) > MAX_OBJECT_BYTES }
    return chunk.subarray(end + 1)
  }

  #readBody(body: Body, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, body.remaining)
    body.remaining -= part.length
    if (!body.skipped) body.parts.push(part)
    if (body.remaining === 0) {
      this.#body = null
      const { sha, type } = body
      this.#onAnswer(body.skipped ? null : { sha, type, content: Buffer.concat(body.parts).subarray(0, -1) })
    }
    return chunk.subarray(part.length)
  }
}
