import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { badRequest } from './errors.ts'
import type { Fields } from './nested-fields.ts'

/** What comes with a file in a form. */
const LIMITS = { files: 1, fields: 20, fieldSize: 1000 }

export type UploadedFile = {
  content: Readable
  /** Of a form: those before the file. */
  fields: Fields
  /** Digests in headers are those of the body: of a form not those of the file. */
  isForm: boolean
}

function bodyOf({ body }: Request): Readable {
  // The DOM's type and node's name the same thing.
  const stream = body as ReadableStream<Uint8Array> | null
  // Not cancelled when it is refused: that would end the connection before the client has been told.
  return stream ? Readable.from(stream.values({ preventCancel: true }), { objectMode: false }) : Readable.from([])
}

function fileInForm(headers: BusboyHeaders, body: Readable): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const wrong = () => reject(badRequest('file is missing'))
    const form = new Busboy({ headers, limits: LIMITS })
    const fields: Record<string, string> = {}
    form.on('field', (name, value) => {
      fields[name] = value
    })
    form.on('file', (_name, content) => {
      body.on('error', (error) => content.destroy(error))
      resolve({ content, fields, isForm: true })
    })
    form.on('finish', wrong)
    form.on('error', wrong)
    body.on('error', reject)
    body.pipe(form)
  })
}

/** The body as it is, or the file in it when it is a form; read as it comes. */
export async function receiveFile(request: Request): Promise<UploadedFile> {
  const type = request.headers.get('content-type') ?? ''
  const body = bodyOf(request)
  if (!/^multipart\/form-data;/i.test(type)) return { content: body, fields: {}, isForm: false }
  try {
    return await fileInForm({ 'content-type': type }, body)
  } catch (error) {
    throw error instanceof TypeError || (error as Error).message.startsWith('Multipart')
      ? badRequest('The body is no valid multipart/form-data')
      : error
  }
}
