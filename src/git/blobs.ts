import { READER_MEMORY, runGit } from './git.ts'
import { readBeginnings } from './object-beginnings.ts'

/** The bytes of a blob; null when there is no such blob. The ID must be a full ID. */
export async function findBlobSize(repository: string, id: string): Promise<number | null> {
  const args = ['cat-file', '--batch-check=%(objecttype) %(objectsize)']
  const answer = await runGit(repository, args, { input: `${id}\n`, maxMemory: READER_MEMORY })
  const [type, size] = answer.trim().split(' ')
  return type === 'blob' ? Number(size) : null
}

/** The content of a blob of at most so many bytes; null when there is no such blob. The ID must be a full ID. */
export async function readBlob(repository: string, id: string, maxBytes: number): Promise<Buffer | null> {
  let content: Buffer | null = null
  await readBeginnings(repository, [id], maxBytes, (object) => {
    if (object?.type === 'blob') content = object.content
    return undefined
  })
  return content
}

/** As git decides it. */
export const isText = (content: Buffer): boolean => !content.subarray(0, 8_000).includes(0)
