import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { badRequest } from './errors.ts'
import type { Fields } from './nested-fields.ts'

/** What comes with a file in a form. */
const LIMITS = { files: 1, fields: 20, fieldSize: 1000 }

export type UploadedFile = {
  content: Readable
  /** Of a form: the field that holds it, and its name there. */
  field: string | null
  name: string | null
  /** Those of a form; there once the file has been read, as they may follow it. */
  fields: () => Promise<Fields>
  /** Digests in headers are those of the body: of a form not those of the file. */
  isForm: boolean
}

const malformed = () => badRequest('The body is no valid multipart/form-data')

function bodyOf({ body }: Request): Readable {
  // The DOM's type and node's name the same thing.
  const stream = body as ReadableStream<Uint8Array> | null
  // Not cancelled when it is refused: that would end the connection before the client has been told.
  return stream ? Readable.from(stream.values({ preventCancel: true }), { objectMode: false }) : Readable.from([])
}

/** The file in a form, which fails when the form breaks off: then Busboy emits an error, but does not end the file. */
function whole(content: Readable, body: Readable): Readable {
  const file = content.pipe(new PassThrough())
  content.on('error', () => file.destroy(malformed()))
  body.on('error', (error) => file.destroy(error))
  // It may fail before anybody reads it.
  return file.on('error', () => {})
}

/** It throws, in several ways, when there is no boundary, or one that is none. */
function parserOf(headers: BusboyHeaders): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers, limits: LIMITS })
  } catch {
    throw malformed()
  }
}

function fileInForm(headers: BusboyHeaders, body: Readable): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const wrong = () => reject(badRequest('file is missing'))
    const form = parserOf(headers)
    const fields: Record<string, string> = {}
    const complete = finished(form).catch(() => Promise.reject(malformed()))
    complete.catch(() => {})
    form.on('field', (name, value) => {
      fields[name] = value
    })
    form.on('file', (field, content, name) => {
      resolve({ content: whole(content, body), field, name, fields: () => complete.then(() => fields), isForm: true })
    })
    form.on('finish', wrong)
    form.on('error', wrong)
    body.on('error', (error) => {
      reject(error)
      form.destroy(error)
    })
    body.pipe(form)
  })
}

/** The body as it is, or the file in it when it is a form; read as it comes. */
export async function receiveFile(request: Request): Promise<UploadedFile> {
  const type = request.headers.get('content-type') ?? ''
  const body = bodyOf(request)
  if (!/^multipart\/form-data;/i.test(type)) {
    return { content: body, field: null, name: null, fields: async () => ({}), isForm: false }
  }
  return fileInForm({ 'content-type': type }, body)
}
