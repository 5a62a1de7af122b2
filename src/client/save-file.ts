import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { invalid } from '../errors.ts'
import { cutOff } from './server.ts'

export type Saved = { size: number; sha256: string }

type Write = {
  response: Response
  directory: string
  fileName: string
  /** SHA-256 that it must have, by who says so. */
  digests: ReadonlyMap<string, string>
  onProgress: (received: number) => void
  signal: AbortSignal
}

/** Reads the body to the end into a file, without holding more than a piece of it. */
async function receive(file: string, { response, onProgress, signal }: Write): Promise<Saved> {
  const hash = createHash('sha256')
  let size = 0
  async function* count(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
      onProgress(size)
      yield chunk
    }
  }
  // The DOM's type and node's name the same thing.
  const body = response.body ? Readable.fromWeb(response.body as ReadableStream<Uint8Array>) : Readable.from([])
  await pipeline(body, count, createWriteStream(file, { flags: 'wx' }), { signal })
  return { size, sha256: hash.digest('hex') }
}

function assertDigests({ fileName, digests }: Write, sha256: string): void {
  for (const [source, expected] of digests) {
    if (expected === sha256) continue
    throw invalid(
      `${fileName} is not what was published: its SHA-256 is ${sha256}, but ${source} says ${expected}. Nothing was saved.`,
    )
  }
}

/** Under its name only when it is whole and right; what was there before stays until then. */
export async function saveFile(write: Write): Promise<Saved> {
  const part = path.join(write.directory, `.${randomUUID()}.part`)
  const target = path.join(write.directory, write.fileName)
  try {
    const saved = await receive(part, write).catch((error) => {
      throw cutOff(write.fileName, error)
    })
    assertDigests(write, saved.sha256)
    await rename(part, target).catch((error) => {
      throw invalid(`Cannot write ${target}: ${error.message}`)
    })
    return saved
  } finally {
    await rm(part, { force: true })
  }
}
