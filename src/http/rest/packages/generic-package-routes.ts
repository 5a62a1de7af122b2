// The files of generic packages. The server receives and sends them as streams.
import { z } from 'zod'
import type { Project } from '../../../generated/prisma/client.ts'
import { findPackageFile } from '../../../modules/packages/find-packages.ts'
import { uploadPackageFile } from '../../../modules/packages/upload-package-file.ts'
import { sendPackageFile } from '../../files/send-package-file.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { optional, storedText, validate } from '../kit/fields.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { sentDigest } from '../kit/sent-digest.ts'
import { projectForSignedIn } from '../kit/subjects.ts'
import { inTurn, receiveFile } from '../kit/uploaded-file.ts'
import { projectId } from '../releases/release-input.ts'
import { PackageFileBody, presentPackageFile } from './present-package.ts'

const rest = endpointsOf('Packages')
const FILE = '/projects/:id/packages/generic/:package_name/:package_version/:file_name{.+}'

const fileKey = {
  id: projectId,
  package_name: storedText('name').describe('Letters, digits, `.`, `_`, `+` and `-`.'),
  package_version: storedText('name').describe('The same characters, such as `1.0.0`.'),
  file_name: storedText('name').describe(
    'Any printable characters except `"` and `\\`. Slashes separate folders. The name may be percent-encoded.',
  ),
}

const uploadFields = {
  status: optional(z.enum(['default', 'hidden'])).describe('With `hidden` the package does not appear in lists.'),
  select: optional(z.enum(['package_file'])).describe('With `package_file` the answer describes the file.'),
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

const upload = rest.put(FILE, {
  operationId: 'uploadProjectGenericPackageFile',
  summary: 'Upload a file of a generic package',
  description:
    'The body is the file, or a form with the file in the field `file` and the parameters in other fields (at most 20). Nobody ' +
    'sees the file before it is complete. The setting of the project decides whether a file with the same name is replaced or ' +
    'the upload is refused. When the body is the file, a SHA-256 in `Content-Digest`, `Repr-Digest`, `Digest` or ' +
    '`X-Checksum-Sha256` is verified.',
  input: z.object({ ...fileKey, ...uploadFields }),
  ability: 'package:write',
  answers: { 201: z.union([PackageFileBody, z.object({ message: z.string() })]) },
  failures: [409],
  streams: true,
  find: projectForSignedIn('package:write'),
  handle: (call) => inTurn(call, () => receive(call)),
})

const download = rest.get(FILE, {
  operationId: 'downloadProjectGenericPackageFile',
  summary: 'Download a file of a generic package',
  description:
    'The header `Range` asks for a part of the file. `ETag`, `Repr-Digest` and `X-Checksum-SHA256` hold the SHA-256 of the file.',
  input: z.object(fileKey),
  answers: { 200: null, 206: null },
  failures: [416],
  streams: true,
  find: projectForSignedIn('code:read'),
  handle: async ({ input, found: project, request, storage }) => {
    const file = await findPackageFile(project, named(input))
    return orNotFound(file && (await sendPackageFile(request, storage, file)))
  },
})

export const genericPackageEndpoints = [upload, download]
