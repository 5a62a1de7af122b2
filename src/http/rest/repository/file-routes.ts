import { basename } from 'node:path'
import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findBlobSize, readBlob } from '../../../git/blobs.ts'
import { FULL_ID } from '../../../git/ref-names.ts'
import { assertNotTooLarge, MAX_FILE_BYTES } from '../../../modules/repository/read-files.ts'
import { readRepository } from '../../../modules/repository/read-repository.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { notFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { findFile, withContent } from './repository-files.ts'
import { assertInside } from './repository-paths.ts'
import { factsOf, headersOf, sendBytes, sendLarge, sendObject } from './send-repository-file.ts'

const rest = endpointsOf('Repository')
const FILE = '/projects/:id/repository/files/:file_path'
const BLOB = '/projects/:id/repository/blobs/:sha'

const FileBody = z
  .object({
    file_name: z.string(),
    file_path: z.string(),
    size: z.int(),
    encoding: z.literal('base64'),
    content_sha256: z.string(),
    ref: z.string(),
    blob_id: z.string(),
    commit_id: z.string(),
    last_commit_id: z.string().nullable(),
    execute_filemode: z.boolean(),
    content: z.string(),
  })
  .meta({ id: 'RepositoryFile', description: '`last_commit_id` is null where finding it takes more than 5 seconds.' })

const BlobBody = z
  .object({ size: z.int(), encoding: z.literal('base64'), content: z.string(), sha: z.string() })
  .meta({ id: 'Blob', description: 'The content of a file, whatever its path.' })

const filePath = text('ref').describe('Path of the file, encoded as one segment.')
const file = rest.get(FILE, {
  summary: 'A file',
  description:
    'HEAD answers the same facts as headers `X-Gitlab-...`, which GET sends, too. A file above 10 MiB is 413.',
  input: z.object({
    id: projectId,
    file_path: filePath,
    ref: text('ref').describe('A branch, a tag, a commit or `HEAD`.'),
  }),
  answers: { 200: FileBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    assertInside('file_path', input.file_path)
    const asked = { path: input.file_path, ref: input.ref }
    const found = await withContent(context, project, await findFile(context, project, asked))
    const body = { ...factsOf(found), content: found.content.toString('base64') }
    return Response.json(body, { headers: headersOf(found) })
  },
})

const rawFile = rest.get(`${FILE}/raw`, {
  summary: 'The bytes of a file',
  description: 'With the headers of the file, without `X-Gitlab-Content-Sha256` for a file above 10 MiB.',
  input: z.object({
    id: projectId,
    file_path: filePath,
    ref: text('ref').nullish().describe('A branch, a tag or a commit; without it the default branch.'),
    lfs: optional(flag).describe('With `true` a pointer of Git LFS is followed to its content, if that was uploaded.'),
  }),
  answers: { 200: null, 206: null },
  failures: [416],
  streams: true,
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    assertInside('file_path', input.file_path)
    const path = input.file_path.replace(/^\//, '')
    const found = await findFile(context, project, { path, ref: input.ref || 'HEAD' })
    if (found.size > MAX_FILE_BYTES) {
      const blob = { id: found.entry.id, size: found.size, fileName: basename(path) }
      return sendLarge(call, project, blob, headersOf(found))
    }
    const file = await withContent(context, project, found)
    const object = input.lfs ? await sendObject(call, project, file) : null
    return object ?? sendBytes(file.content, basename(path), headersOf(file))
  },
})

async function getBlob(context: Context, project: Project, name: string): Promise<{ sha: string; size: number }> {
  const sha = name.toLowerCase()
  const size = FULL_ID.test(sha)
    ? await readRepository(context, project, (repository) => findBlobSize(repository, sha))
    : null
  if (size === null) throw notFound('Blob')
  return { sha, size }
}

async function contentOf(context: Context, project: Project, sha: string): Promise<Buffer> {
  const content = await readRepository(context, project, (repository) => readBlob(repository, sha, MAX_FILE_BYTES))
  if (!content) throw notFound('Blob')
  return content
}

const blobKey = z.object({ id: projectId, sha: text('ref').describe('Full object ID of the content.') })

const blob = rest.get(BLOB, {
  summary: 'The content of a file, by its object ID',
  input: blobKey,
  answers: { 200: BlobBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    const { sha, size } = await getBlob(context, project, input.sha)
    assertNotTooLarge(size)
    const content = await contentOf(context, project, sha)
    return { size, encoding: 'base64', content: content.toString('base64'), sha }
  },
})

const rawBlob = rest.get(`${BLOB}/raw`, {
  summary: 'The bytes of a file, by its object ID',
  input: blobKey,
  answers: { 200: null },
  streams: true,
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const { sha, size } = await getBlob(context, project, input.sha)
    if (size > MAX_FILE_BYTES) return sendLarge(call, project, { id: sha, size, fileName: sha })
    return sendBytes(await contentOf(context, project, sha), sha)
  },
})

export const fileEndpoints = [file, rawFile, blob, rawBlob]
