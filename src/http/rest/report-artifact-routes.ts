import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { type Context, Hono } from 'hono'
import type { BoundedQueue } from '../../bounded-queue.ts'
import { invalid } from '../../errors.ts'
import type { ReportArtifact } from '../../generated/prisma/client.ts'
import { callerOf } from '../../modules/access/caller.ts'
import { MAX_ARTIFACT_BYTES, readStoredFile, tooLarge } from '../../modules/report-artifacts/artifact-files.ts'
import { artifactUrl } from '../../modules/report-artifacts/artifact-url.ts'
import { findReportArtifact } from '../../modules/report-artifacts/find-artifact.ts'
import { type ArtifactUpload, uploadReportArtifact } from '../../modules/report-artifacts/upload-artifact.ts'
import { extendedName } from '../content-disposition.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { type ContextEnv, contextOf, scopeIn, withContext } from '../hono-context.ts'
import type { ContextParts } from '../request-context.ts'

export type ReportArtifactParts = ContextParts & {
  /** Where the files of report artifacts are. */
  artifactsDir: string
  uploads: BoundedQueue
}

/** Not in GitLab, whose report artifacts come from its own jobs. */
const ARTIFACT = '/api/v4/projects/:project/report_artifacts/:sha/:fileName'

const present = (baseUrl: string, artifact: ReportArtifact) => ({
  id: artifact.id,
  sha: artifact.sha,
  file_name: artifact.fileName,
  size: Number(artifact.size),
  sha256: artifact.sha256,
  url: artifactUrl({ baseUrl }, artifact),
  expires_at: artifact.expiresAt?.toISOString() ?? null,
})

/** Told before the first byte is stored, where the client says how many there are. */
function bodyOf(c: Context): AsyncIterable<Uint8Array> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_ARTIFACT_BYTES) throw tooLarge()
  // The DOM's type and node's name the same thing.
  const stream = c.req.raw.body as ReadableStream<Uint8Array> | null
  // Not cancelled when it is too much: that would end the connection before the client has been told.
  return stream?.values({ preventCancel: true }) ?? Readable.from([])
}

const downloadHeaders = ({ fileName, sha256, size }: ReportArtifact) => ({
  ...PRIVATE,
  etag: `"${sha256}"`,
  'content-length': String(size),
  // Whatever was uploaded: nothing of it may run as a page of ours.
  'content-type': 'application/octet-stream',
  'content-disposition': `attachment; ${extendedName(fileName)}`,
})

export const reportArtifactRoutes = ({ artifactsDir: directory, uploads, ...parts }: ReportArtifactParts) =>
  new Hono<ContextEnv>()
    .put(ARTIFACT, withContext(parts), async (c) => {
      const context = contextOf(c)
      scopeIn(c).streams = true
      const { signal } = c.req.raw
      const inTurn: ArtifactUpload['inTurn'] = (work) => uploads.run(callerOf(context), work, signal)
      const upload = { ...c.req.param(), directory, body: bodyOf(c), inTurn }
      const { artifact, stored } = await uploadReportArtifact(context, upload).catch((error) => {
        throw signal.aborted ? invalid('The upload was cut off') : error
      })
      return c.json(present(parts.baseUrl, artifact), stored ? 201 : 200)
    })
    .get(ARTIFACT, withContext(parts), async (c) => {
      const artifact = await findReportArtifact(contextOf(c), c.req.param())
      if (!artifact) return c.notFound()
      const headers = downloadHeaders(artifact)
      if (isUnchanged(c.req.header('if-none-match'), headers.etag)) {
        const { etag } = headers
        return c.body(null, 304, { ...PRIVATE, etag })
      }
      if (c.req.method === 'HEAD') return c.body(null, 200, headers)
      const file = await readStoredFile(directory, artifact.storageKey)
      return file ? c.body(Readable.toWeb(file) as globalThis.ReadableStream, 200, headers) : c.notFound()
    })
