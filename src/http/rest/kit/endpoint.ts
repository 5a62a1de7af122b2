import type { z } from 'zod'
import { isOpenToPipelines } from '../../../access/abilities.ts'
import { type AnyAbility, refusalNote } from '../../../access/pipeline-access.ts'
import type { Context } from '../../../context/context.ts'
import type { BoundedQueue } from '../../../foundation/bounded-queue.ts'
import { assertWithinLimits } from '../../../foundation/input-limits.ts'
import type { Archives } from '../../../modules/archives/archives.ts'
import { IDEMPOTENCY_KEY } from '../../../request/idempotency-headers.ts'
import type { FileStorage } from '../../../storage/file-storage.ts'
import { validate } from './fields.ts'
import { answerMoved, findMoved, movedForWrites } from './moved-project.ts'
import type { Fields } from './nested-fields.ts'
import type { ViolationStyle } from './rest-errors.ts'

/** A request whose viewer is known. */
export type Call = {
  context: Context
  /** The URL that the client used, with the scheme and the host that the client knows. */
  url: URL
  headers: Headers
  /** The parameters in the path and in the query. */
  parameters: Fields
  /** Reads the body and adds its fields to the parameters. A parameter wins over a field of the body. */
  readFields: () => Promise<Fields>
  /** The body is unread only if the endpoint streams. */
  request: Request
  storage: FileStorage
  archives: Archives
  /** The most bytes of an upload, which is a file that Markdown shows or links to. */
  uploadMaxBytes: number
  /** The queue in which requests that send a file wait for their turn. */
  uploads: BoundedQueue
  /** Repeats the answer to a read if it was kept and is still valid; otherwise reads. */
  recall: (paths: readonly string[], read: () => Promise<Response>) => Promise<Response>
  /** Makes a write. A repeated write with the same `Idempotency-Key` and content gets the first answer. */
  once: (content: unknown, write: () => Promise<Response>) => Promise<Response>
}

/** The unparsed parameters in the path. A number may still be any text. */
type PathFields = Record<'id', string>

type Description = {
  method: 'get' | 'post' | 'put' | 'delete'
  /** Below `/api/v4`. A parameter is written `:name`, or `:name{.+}` when its value may contain slashes. */
  path: string
  /** The name in generated clients, when the name that `operation-id.ts` makes reads badly. */
  operationId?: string
  /** The group in the documentation. */
  tag: string
  summary: string
  description?: string
  /** The body of each status that is not a failure; null when the status has no JSON body. */
  answers: Readonly<Record<number, z.ZodType | null>>
  /** The statuses of failures, besides the statuses that every endpoint has. */
  failures?: readonly (400 | 403 | 404 | 405 | 409 | 412 | 416 | 422)[]
  /**
   * The ability that a write needs, or a read that pipelines may not make. It decides only whether pipelines are refused: `find`
   * and `handle` check the viewer.
   */
  ability?: AnyAbility
  /**
   * The endpoint sends or receives a file of any size: as the body of a `put`, in the field `file` of the form of a `post`, or as
   * the answer to a `get`. All parameters are in the path and in the query.
   */
  streams?: true
  /** Accepts a token as the password of HTTP Basic and asks for it in a 401, because tools that fetch files expect that. */
  basic?: true
  violations?: ViolationStyle
}

export type Endpoint = Description & {
  /** All parameters. A parameter is in the path if the path names it, otherwise in the query or in the body. */
  input: z.ZodObject
  run: (call: Call) => Promise<Response>
}

type Definition<Input extends z.ZodObject, Found> = Omit<Description, 'method' | 'path' | 'tag'> & {
  input: Input
  /** Looks up the thing in the path before the body is read and the parameters are validated. */
  find?: (context: Context, fields: PathFields) => Promise<Found>
  /**
   * The paths of the projects that the answer shows. An endpoint without this function keeps no answers. With it, everything that
   * `handle` shows must come from documents (`http/kit/document.ts`), because their fields say whether an answer may be kept.
   * `handle` must then answer with 200 or throw.
   */
  keptFor?: (found: Found) => readonly string[]
  /** Gives the body, which is sent with the first status of `answers`, or a whole response. */
  handle: (call: Call & { input: z.output<Input>; found: Found }) => Promise<unknown>
}

/** Whether pipelines may use the endpoint. A write without an ability is refused. */
export const isForPipelines = ({ method, ability }: Endpoint): boolean =>
  ability === undefined ? method === 'get' : isOpenToPipelines(ability)

/** Whether an `Idempotency-Key` counts. A file that is put under a name needs no key, because repeating it changes nothing. */
export const isKeyed = ({ method, streams }: Pick<Description, 'method' | 'streams'>): boolean =>
  method !== 'get' && !(streams && method === 'put')

/** The description, with a note when pipelines are refused. */
export const descriptionOf = ({ description, ability }: Endpoint): string =>
  [description, ability && refusalNote(ability)].filter(Boolean).join(' ')

function responseOf(given: unknown, { answers }: Pick<Description, 'answers'>): Response {
  if (given instanceof Response) return given
  const [[status, body] = []] = Object.entries(answers)
  const init = { status: Number(status) }
  return body ? Response.json(given, init) : new Response(null, init)
}

/** Makes an endpoint from one description, which both validates the input and documents it. */
function endpoint<Input extends z.ZodObject, Found>(
  place: Pick<Description, 'method' | 'path' | 'tag'>,
  { find, keptFor, handle, ...rest }: Definition<Input, Found>,
): Endpoint {
  const description = { ...place, ...rest }
  const run = async (call: Call) => {
    const moved = await findMoved(description, call)
    if (moved && description.method === 'get') return answerMoved(call, moved)
    if (moved && !(isKeyed(description) && call.headers.has(IDEMPOTENCY_KEY))) throw movedForWrites()
    // Every path with something to look up has an `:id`.
    const found = (await find?.(call.context, call.parameters as PathFields)) as Found
    const fields = await call.readFields()
    const run = async () => {
      // A repeated request may itself have given the project another path, so it is refused only when it has made nothing yet.
      if (moved && !call.context.steps?.hasMade) throw movedForWrites()
      const input = validate(description.input, fields)
      assertWithinLimits(input)
      return responseOf(await handle({ ...call, found, input }), description)
    }
    if (keptFor) return call.recall(keptFor(found), run)
    // A streaming endpoint calls `once` itself after it has read the file, because the file is part of the content.
    return description.method === 'get' || description.streams ? run() : call.once(fields, run)
  }
  return { ...description, run }
}

/** Makes the endpoints of a group in the documentation, by their method and path. */
export function endpointsOf(tag: string) {
  const by =
    (method: Description['method']) =>
    <Input extends z.ZodObject, Found>(path: string, definition: Definition<Input, Found>): Endpoint =>
      endpoint({ method, path, tag }, definition)
  return { get: by('get'), post: by('post'), put: by('put'), delete: by('delete') }
}
