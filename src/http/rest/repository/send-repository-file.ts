import { basename } from 'node:path'
import { callerOf } from '../../../access/caller.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { isText } from '../../../git/blobs.ts'
import { findLfsObject } from '../../../modules/lfs/lfs-objects.ts'
import { parsePointer } from '../../../modules/lfs/lfs-pointer.ts'
import { attachment, inline } from '../../files/content-disposition.ts'
import { sendStoredFile } from '../../files/send-stored-file.ts'
import type { Call } from '../kit/endpoint.ts'
import type { FoundFile, RepositoryFile } from './repository-files.ts'

export const factsOf = (file: FoundFile | RepositoryFile) => ({
  file_name: basename(file.path),
  file_path: file.path,
  size: file.size,
  encoding: 'base64' as const,
  content_sha256: 'contentSha256' in file ? file.contentSha256 : null,
  ref: file.ref,
  blob_id: file.entry.id,
  commit_id: file.commitId,
  last_commit_id: file.lastCommitId,
  execute_filemode: file.entry.mode === '100755',
})

/** As bytes of UTF-8, one character a byte. A header holds no control characters. */
const headerValue = (value: unknown) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern has to find control characters
  Buffer.from(String(value).replace(/[\0-\x1f\x7f]/g, '?')).toString('latin1')

/** `X-Gitlab-File-Name` of `file_name`, and so on. */
export function headersOf(file: FoundFile | RepositoryFile): Record<string, string> {
  const facts = Object.entries(factsOf(file)).filter(([, value]) => value !== null)
  const named = (key: string) => `x-gitlab-${key.replaceAll('_', '-')}`
  return Object.fromEntries(facts.map(([key, value]) => [named(key), headerValue(value)]))
}

/** Bytes that a browser must not take for a page. */
export function sendBytes(content: Buffer, fileName: string, headers: Record<string, string> = {}): Response {
  return new Response(new Uint8Array(content), {
    headers: {
      ...headers,
      'content-type': isText(content) ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'content-disposition': inline(fileName),
      'x-content-type-options': 'nosniff',
    },
  })
}

type Blob = { id: string; size: number; fileName: string }

/** The content of a large file, which is read like an archive. */
export async function sendLarge(
  { context, request, archives }: Call,
  project: Project,
  { id, size, fileName }: Blob,
  facts: Record<string, string> = {},
): Promise<Response> {
  const headers = {
    ...facts,
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(fileName),
    'content-length': String(size),
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const raw = { repository: context.repositories.directory(project.id), blob: id, size }
  const { body } = await archives.open(raw, { caller: callerOf(context), signal: request.signal })
  return new Response(body, { headers })
}

/** The object to which the file points. Null when the file is no pointer, or the project does not have the object. */
export async function sendObject(
  { request, storage }: Call,
  project: Project,
  file: RepositoryFile,
): Promise<Response | null> {
  const pointer = parsePointer(file.content)
  const object = pointer && (await findLfsObject(project, pointer.sha256))
  const about = {
    ...headersOf(file),
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(basename(file.path)),
  }
  return object && sendStoredFile(request, storage, object, about)
}
