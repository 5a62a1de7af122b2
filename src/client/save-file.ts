import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { invalid } from '../foundation/errors.ts'
import type { Algorithm, Digest } from './checksums.ts'
import { cutOff } from './server-connection.ts'

export type Saved = { size: number; sha256: string }

type Received = { size: number; found: ReadonlyMap<Algorithm, string> }

type Write = {
  response: Response
  directory: string
  fileName: string
  /** The digests that the file must have, by their source. */
  digests: ReadonlyMap<string, Digest>
  onProgress: (received: number) => void
  signal: AbortSignal
}

/** Writes the whole body into a file, and holds only a piece of it in memory. */
async function receive(file: string, { response, digests, onProgress, signal }: Write): Promise<Received> {
  const algorithms = new Set<Algorithm>(['sha256', ...[...digests.values()].map(({ algorithm }) => algorithm)])
  const hashes = [...algorithms].map((algorithm) => ({ algorithm, hash: createHash(algorithm) }))
  let size = 0
  async function* count(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      for (const { hash } of hashes) hash.update(chunk)
      size += chunk.length
      onProgress(size)
      yield chunk
    }
  }
  // The cast is safe, because the types of the DOM and of Node describe the same stream.
  const body = response.body ? Readable.fromWeb(response.body as ReadableStream<Uint8Array>) : Readable.from([])
  await pipeline(body, count, createWriteStream(file, { flags: 'wx' }), { signal })
  return { size, found: new Map(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest('hex')])) }
}

const shown = (algorithm: Algorithm) => algorithm.replace('sha', 'SHA-')

function assertDigests({ fileName, digests }: Write, found: Received['found']): void {
  for (const [source, { algorithm, values }] of digests) {
    const own = found.get(algorithm) ?? ''
    if (values.includes(own)) continue
    throw invalid(
      `${fileName} is not what was published: its ${shown(algorithm)} is ${own}, but ${source} says ${values.join(' or ')}. Nothing was saved.`,
    )
  }
}

/** Saves a file under its name only when it is complete and its digests are right. An older file stays until then. */
export async function saveFile(write: Write): Promise<Saved> {
  const part = path.join(write.directory, `.${randomUUID()}.part`)
  const target = path.join(write.directory, write.fileName)
  try {
    const { size, found } = await receive(part, write).catch((error) => {
      throw cutOff(write.fileName, error)
    })
    assertDigests(write, found)
    await rename(part, target).catch((error) => {
      throw invalid(`Cannot write ${target}: ${error.message}`)
    })
    return { size, sha256: found.get('sha256') ?? '' }
  } finally {
    await rm(part, { force: true })
  }
}
