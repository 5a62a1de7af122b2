// Uploads: the files that a project's Markdown shows or links to.
import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { keepUpload, receiveUpload } from '../../../modules/uploads/create-upload.ts'
import { deleteUpload } from '../../../modules/uploads/delete-upload.ts'
import { findUpload, numberedUploads, type UploadKey } from '../../../modules/uploads/find-upload.ts'
import { assertFits } from '../../../storage/store-measured.ts'
import { sendUpload } from '../../files/send-upload.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { integer, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { badRequest, orNotFound } from '../kit/rest-errors.ts'
import { accountableProjectFor, projectFor } from '../kit/subjects.ts'
import { inTurn, receiveFile } from '../kit/uploaded-file.ts'
import { projectId } from '../releases/release-input.ts'
import { NewUploadBody, presentNewUpload, presentUpload, UploadBody } from './present-upload.ts'

const rest = endpointsOf('Uploads')
const UPLOADS = '/projects/:id/uploads'

const numbered = { id: projectId, upload_id: integer().describe('The number of the upload.') }
const secretly = {
  id: projectId,
  secret: text('name').describe('The part of the URL that nobody can guess.'),
  filename: text('name').refine((name) => name !== '..' && !/[/\\]/.test(name)),
}

/** The most bytes that a form may have besides its file. */
const FORM_BYTES = 100_000

async function receive(call: Call, project: Project): Promise<Response> {
  const { context, request, storage, uploadMaxBytes: maxBytes, once } = call
  assertFits(request.headers, { maxBytes, what: 'An upload' }, FORM_BYTES)
  const { field, name, content: body, fields: complete } = await receiveFile(request)
  if (field !== 'file') throw badRequest('file is missing')
  const sent = { body, fileName: name ?? '', maxBytes, complete }
  return receiveUpload(context, storage, { project, sent }, (received) =>
    once({ file: [received.fileName, received.sha256] }, async () => {
      const upload = await keepUpload(context, project, received)
      return Response.json(presentNewUpload(upload), { status: 201 })
    }),
  )
}

const create = rest.post(UPLOADS, {
  summary: 'Upload a file for the notes of the project',
  description:
    'The file is in the field `file` of a form, which may have at most 20 other fields. Put `markdown` from the answer into ' +
    'notes of the same project. Everybody who may read the project may read the file. Only members may upload. A file that is ' +
    'too large for the server (by default more than 100 MiB) is refused (413).',
  input: z.object({ id: projectId }),
  ability: 'upload:create',
  answers: { 201: NewUploadBody },
  streams: true,
  find: accountableProjectFor('upload:create'),
  handle: (call) => inTurn(call, () => receive(call, call.found)),
})

const list = rest.get(UPLOADS, {
  summary: 'The uploads of a project, the newest first',
  input: z.object({ id: projectId, ...pageFields }),
  ability: 'upload:list',
  answers: { 200: z.array(UploadBody) },
  find: accountableProjectFor('upload:list'),
  handle: async (call) => answerPage(call, await numberedUploads(call.context, call.found, call.input), presentUpload),
})

async function send({ request, storage }: Call, project: Project, key: UploadKey): Promise<Response> {
  const upload = await findUpload(project, key)
  return orNotFound(upload && (await sendUpload(request, storage, upload)))
}

const file = { answers: { 200: null, 206: null }, failures: [416], streams: true } as const

const single = rest.get(`${UPLOADS}/:upload_id`, {
  ...file,
  summary: 'Download an upload by its number',
  input: z.object(numbered),
  ability: 'upload:list',
  find: accountableProjectFor('upload:list'),
  handle: (call) => send(call, call.found, { id: call.input.upload_id }),
})

const bySecret = rest.get(`${UPLOADS}/:secret/:filename`, {
  ...file,
  operationId: 'getProjectUploadBySecret',
  summary: 'Download an upload by the URL in notes',
  description:
    'For everybody who may read the project. Browsers show pictures, video and sound in the page, and save other files.',
  input: z.object(secretly),
  find: projectFor(),
  handle: (call) => send(call, call.found, { secret: call.input.secret, fileName: call.input.filename }),
})

async function remove(context: Context, project: Project, key: UploadKey): Promise<void> {
  orNotFound(await findUpload(project, key))
  await deleteUpload(context, project.fullPath, key)
}

const gone = { ability: 'upload:delete', answers: { 204: null } } as const

const removeNumbered = rest.delete(`${UPLOADS}/:upload_id`, {
  ...gone,
  summary: 'Delete an upload by its number',
  input: z.object(numbered),
  find: accountableProjectFor('upload:delete'),
  handle: ({ context, input, found }) => remove(context, found, { id: input.upload_id }),
})

const removeBySecret = rest.delete(`${UPLOADS}/:secret/:filename`, {
  ...gone,
  operationId: 'deleteProjectUploadBySecret',
  summary: 'Delete an upload by the URL in notes',
  input: z.object(secretly),
  find: accountableProjectFor('upload:delete'),
  handle: ({ context, input, found }) => remove(context, found, { secret: input.secret, fileName: input.filename }),
})

export const uploadEndpoints = [create, list, single, bySecret, removeNumbered, removeBySecret]
