// Files of generic packages, which are received and sent as streams.
import { z } from 'zod'
import type { Project } from '../../../generated/prisma/client.ts'
import { findPackageFile } from '../../../modules/packages/find-packages.ts'
import { uploadPackageFile } from '../../../modules/packages/upload-package-file.ts'
import { sendPackageFile } from '../../files/send-package-file.ts'
import { type Call, endpoint } from '../kit/endpoint.ts'
import { optional, storedText, validate } from '../kit/fields.ts'
import { notFound } from '../kit/rest-errors.ts'
import { sentDigest } from '../kit/sent-digest.ts'
import { projectForSignedIn } from '../kit/subjects.ts'
import { inTurn, receiveFile } from '../kit/uploaded-file.ts'
import { projectId } from '../releases/release-input.ts'
import { PackageFileBody, presentPackageFile } from './present-package.ts'

const tag = 'Packages'
const FILE = '/projects/:id/packages/generic/:package_name/:package_version/:file_name{.+}'

const fileKey = {
  id: projectId,
  package_name: storedText('name').describe('Letters, digits, `.`, `_`, `+` and `-`.'),
  package_version: storedText('name').describe('The same, such as `1.0.0`.'),
  file_name: storedText('name').describe(
    'Any printable characters but `"` and `\\`, in folders where it has slashes; percent-encoded or not.',
  ),
}

const uploadFields = {
  status: optional(z.enum(['default', 'hidden'])).describe('`hidden` keeps the package out of lists.'),
  select: optional(z.enum(['package_file'])).describe('`package_file` to be answered with the file.'),
}

type FileKey = { package_name: string; package_version: string; file_name: string }

const named = ({ package_name: packageName, package_version: packageVersion, file_name: fileName }: FileKey) => ({
  packageName,
  packageVersion,
  fileName,
})

type Upload = Pick<Call, 'context' | 'request' | 'storage'> & {
  input: FileKey & z.output<z.ZodObject<typeof uploadFields>>
  found: Project
}

async function receive({ context, input, found: project, request, storage }: Upload): Promise<Response> {
  const sent = await receiveFile(request)
  const parameters = async () => ({ ...validate(z.object(uploadFields), await sent.fields()), ...input })
  const file = await uploadPackageFile(context, storage, {
    ...named(input),
    projectPath: project.fullPath,
    body: sent.content,
    sha256: sent.isForm ? null : sentDigest(request.headers),
    hidden: async () => {
      const { status } = await parameters()
      return status == null ? undefined : status === 'hidden'
    },
  })
  const { select } = await parameters()
  const body = select == null ? { message: '201 Created' } : presentPackageFile(context, project, file)
  return Response.json(body, { status: 201 })
}

const upload = endpoint({
  method: 'put',
  path: FILE,
  operationId: 'uploadProjectGenericPackageFile',
  tag,
  summary: 'Upload a file of a generic package',
  description:
    'The body is the file, or a form with it in the field `file` (the parameters in other fields, at most 20). Nobody sees it before ' +
    'it is complete. A file of that name is replaced, or the upload refused, as the project says. A SHA-256 in ' +
    '`Content-Digest`, `Repr-Digest`, `Digest` or `X-Checksum-Sha256` is verified.',
  input: z.object({ ...fileKey, ...uploadFields }),
  ability: 'package:write',
  answers: { 201: z.union([PackageFileBody, z.object({ message: z.string() })]) },
  failures: [409],
  streams: true,
  find: projectForSignedIn('package:write'),
  handle: (call) => inTurn(call, () => receive(call)),
})

const download = endpoint({
  method: 'get',
  path: FILE,
  operationId: 'downloadProjectGenericPackageFile',
  tag,
  summary: 'Download a file of a generic package',
  description:
    'Or a part of it, with a header `Range`. `ETag`, `Repr-Digest` and `X-Checksum-SHA256` hold its SHA-256.',
  input: z.object(fileKey),
  answers: { 200: null, 206: null },
  failures: [416],
  streams: true,
  find: projectForSignedIn('code:read'),
  handle: async ({ input, found: project, request, storage }) => {
    const file = await findPackageFile(project, named(input))
    const response = file && (await sendPackageFile(request, storage, file))
    if (!response) throw notFound()
    return response
  },
})

export const genericPackageEndpoints = [upload, download]
