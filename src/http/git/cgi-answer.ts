import type { Readable } from 'node:stream'

/** No program of git writes longer headers. */
const MAX_HEAD_BYTES = 16 * 1024
const HEAD_END = '\r\n\r\n'

export type CgiAnswer = { status: number; headers: Record<string, string>; body: AsyncIterable<Buffer> }

function parseHead(text: string): Omit<CgiAnswer, 'body'> {
  const headers: Record<string, string> = {}
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const { status = '200', ...rest } = headers
  return { status: Number.parseInt(status, 10), headers: rest }
}

/** Reads the answer of a CGI program (RFC 3875, 6). Null when the program ended before it had an answer. */
export async function readCgiAnswer(output: Readable): Promise<CgiAnswer | null> {
  const chunks: AsyncIterator<Buffer> = output[Symbol.asyncIterator]()
  let read = Buffer.alloc(0)
  while (read.indexOf(HEAD_END) < 0) {
    const { value, done } = await chunks.next()
    if (done || read.length > MAX_HEAD_BYTES) return null
    read = Buffer.concat([read, value])
  }
  const end = read.indexOf(HEAD_END)
  async function* body() {
    yield read.subarray(end + HEAD_END.length)
    for (let part = await chunks.next(); !part.done; part = await chunks.next()) yield part.value
  }
  return { ...parseHead(read.subarray(0, end).toString('latin1')), body: body() }
}
