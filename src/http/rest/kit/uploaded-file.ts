import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import type { Fields } from './nested-fields.ts'
import { badRequest, RestError } from './rest-errors.ts'

/** What comes with a file in a form. */
const LIMITS = { files: 1, fields: 20, fieldSize: 1000 }

/** Busboy would read on, for as long as somebody sends, and leave out what is too much. */
const excesses = {
  fieldsLimit: `The form has too many fields: at most ${LIMITS.fields} may come with a file`,
  filesLimit: 'The form has several files: send one at a time',
} as const

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

/** Busboy tells its own in several ways. */
const problemOf = (error: Error) => (error instanceof RestError ? error : malformed())

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

/** In the place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

/** Those that are there once all of the form has been read. */
function fieldsIn(form: InstanceType<typeof Busboy>): UploadedFile['fields'] {
  const fields: Record<string, string> = {}
  form.on('field', (name, value) => {
    fields[name] = value
  })
  const complete = finished(form).catch((error) => {
    throw problemOf(error)
  })
  complete.catch(() => {})
  return () => complete.then(() => fields)
}

function fileInForm(headers: BusboyHeaders, body: Readable): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const form = parserOf(headers)
    const fields = fieldsIn(form)
    const fail = (error: Error) => {
      reject(error)
      body.unpipe(form)
      form.destroy(error)
    }
    form.on('file', (field, sent, name) => {
      if (name.includes(REPLACEMENT)) return fail(badRequest('The name of the file is not UTF-8'))
      const content = whole(sent, body)
      form.on('error', (error: Error) => content.destroy(problemOf(error)))
      resolve({ content, field, name, fields, isForm: true })
    })
    for (const [event, message] of Object.entries(excesses)) form.on(event, () => fail(badRequest(message)))
    for (const event of ['finish', 'error']) form.on(event, () => reject(badRequest('file is missing')))
    body.on('error', fail)
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
