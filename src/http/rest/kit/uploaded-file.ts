import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { callerOf } from '../../../access/caller.ts'
import { invalid } from '../../../foundation/errors.ts'
import type { Call } from './endpoint.ts'
import type { Fields } from './nested-fields.ts'
import { badRequest, RestError } from './rest-errors.ts'

const LIMITS = { files: 1, fields: 20, fieldSize: 1000 }

/** The errors for exceeded bounds. Without them Busboy would read on and silently drop whatever is above a bound. */
const excesses = {
  fieldsLimit: `The form has too many fields: at most ${LIMITS.fields} may come with a file`,
  filesLimit: 'The form has several files: send one at a time',
} as const

export type UploadedFile = {
  content: Readable
  /** The field of the form that holds the file, and the name of the file there; null when the body is no form. */
  field: string | null
  name: string | null
  /** The other fields of the form. They are known once the file has been read, because they may follow it. */
  fields: () => Promise<Fields>
  /** Whether the body is a form. The digests in the headers are then the digests of the form and not of the file. */
  isForm: boolean
}

const malformed = () => badRequest('The body is no valid multipart/form-data')

/** Busboy has several errors for a form that is malformed. */
const problemOf = (error: Error) => (error instanceof RestError ? error : malformed())

/**
 * Does the work of an upload in its turn, because the server receives only a few files at a time. An upload that the client has
 * cut off is the client's error.
 */
export const inTurn = <Result>(
  { uploads, context, request: { signal } }: Pick<Call, 'uploads' | 'context' | 'request'>,
  work: () => Promise<Result>,
): Promise<Result> =>
  uploads.run(callerOf(context), work, signal).catch((error) => {
    throw signal.aborted ? invalid('The upload was cut off') : error
  })

/** The body as a stream. A refused stream is not cancelled, because that would end the connection before the client is told. */
export function bodyOf({ body }: Request): Readable {
  // The DOM and Node have different types for the same stream.
  const stream = body as ReadableStream<Uint8Array> | null
  return stream ? Readable.from(stream.values({ preventCancel: true }), { objectMode: false }) : Readable.from([])
}

/** The file in a form. It fails when the form breaks off, because Busboy then emits an error but does not end the file. */
function whole(content: Readable, body: Readable): Readable {
  const file = content.pipe(new PassThrough())
  content.on('error', () => file.destroy(malformed()))
  body.on('error', (error) => file.destroy(error))
  // The file may fail before anybody reads it.
  return file.on('error', () => {})
}

/** Busboy throws several errors when the boundary is missing or wrong. */
function parserOf(headers: BusboyHeaders): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers, limits: LIMITS })
  } catch {
    throw malformed()
  }
}

/** Stands in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

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

/** The body itself, or the file in it when the body is a form. The file is read as it comes. */
export async function receiveFile(request: Request): Promise<UploadedFile> {
  const type = request.headers.get('content-type') ?? ''
  const body = bodyOf(request)
  if (!/^multipart\/form-data;/i.test(type)) {
    return { content: body, field: null, name: null, fields: async () => ({}), isForm: false }
  }
  return fileInForm({ 'content-type': type }, body)
}
