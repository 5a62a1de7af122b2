// The files that evidence refers to. GitLab does not have these endpoints, because its report artifacts come from its own jobs.
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { ReportArtifact } from '../../../generated/prisma/client.ts'
import { artifactUrl } from '../../../modules/report-artifacts/artifact-url.ts'
import { findReportArtifact } from '../../../modules/report-artifacts/find-artifact.ts'
import { ARTIFACT_BOUND, uploadReportArtifact } from '../../../modules/report-artifacts/upload-artifact.ts'
import { assertFits } from '../../../storage/store-measured.ts'
import { isUnchanged, PRIVATE } from '../../entity-tag.ts'
import { extendedName } from '../../files/content-disposition.ts'
import { isoTime, Time } from '../kit/dates.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { storedText } from '../kit/fields.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { accountableProjectFor } from '../kit/subjects.ts'
import { bodyOf, inTurn } from '../kit/uploaded-file.ts'
import { projectId } from '../releases/release-input.ts'

const rest = endpointsOf('Report artifacts')
const ARTIFACT = '/projects/:id/report_artifacts/:sha/:file_name'

const ReportArtifactBody = z
  .object({
    id: z.int(),
    sha: z.string(),
    file_name: z.string(),
    size: z.int(),
    sha256: z.string(),
    url: z.string(),
    expires_at: Time.nullable(),
  })
  .meta({ id: 'ReportArtifact', description: 'A file about a commit. It is kept forever once evidence refers to it.' })

const present = (context: Context, artifact: ReportArtifact): z.output<typeof ReportArtifactBody> => ({
  id: artifact.id,
  sha: artifact.sha,
  file_name: artifact.fileName,
  size: Number(artifact.size),
  sha256: artifact.sha256,
  url: artifactUrl(context, artifact),
  expires_at: artifact.expiresAt && isoTime(artifact.expiresAt),
})

const input = z.object({
  id: projectId,
  sha: storedText('name').describe('The full id of the commit, in lower case.'),
  file_name: storedText('name').describe('The name of the file, without slashes and control characters.'),
})

const upload = rest.put(ARTIFACT, {
  operationId: 'uploadProjectReportArtifact',
  summary: 'Upload a report about a commit, such as the results of its tests',
  description:
    'The body is the file, of at most 100 MiB. Evidence of a release with this commit refers to the file. Sending the same ' +
    'content again answers 200. Other content replaces the file until evidence refers to it. A file that no evidence refers to ' +
    'is deleted 30 days after its last upload. Not in GitLab.',
  input,
  ability: 'report-artifact:write',
  answers: { 200: ReportArtifactBody, 201: ReportArtifactBody },
  failures: [409],
  streams: true,
  find: accountableProjectFor('report-artifact:write'),
  handle: async (call) => {
    const { context, found: project, request, storage } = call
    const { sha, file_name: fileName } = call.input
    assertFits(request.headers, ARTIFACT_BOUND)
    const sent = {
      project,
      sha,
      fileName,
      body: bodyOf(request),
      inTurn: <T>(work: () => Promise<T>) => inTurn(call, work),
    }
    const { artifact, stored } = await uploadReportArtifact(context, storage, sent)
    return Response.json(present(context, artifact), { status: stored ? 201 : 200 })
  },
})

const download = rest.get(ARTIFACT, {
  operationId: 'downloadProjectReportArtifact',
  summary: 'Download a report about a commit',
  description: '`ETag` holds the SHA-256 of the file. Not in GitLab.',
  input,
  answers: { 200: null },
  streams: true,
  find: accountableProjectFor('code:read'),
  handle: async ({ context, input: { sha, file_name: fileName }, found, request, storage }) => {
    const artifact = orNotFound(await findReportArtifact(context, { project: found, sha, fileName }))
    const headers = {
      ...PRIVATE,
      etag: `"${artifact.sha256}"`,
      'content-length': String(artifact.size),
      // With another type a browser could run an uploaded file as a page of this server.
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; ${extendedName(artifact.fileName)}`,
    }
    if (isUnchanged(request.headers.get('if-none-match') ?? undefined, headers.etag)) {
      return new Response(null, { status: 304, headers: { ...PRIVATE, etag: headers.etag } })
    }
    if (request.method === 'HEAD') return new Response(null, { headers })
    const file = orNotFound(await storage.get(artifact.storageKey))
    return new Response(Readable.toWeb(file) as globalThis.ReadableStream, { headers })
  },
})

export const reportArtifactEndpoints = [upload, download]
