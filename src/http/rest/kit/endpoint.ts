import type { z } from 'zod'
import { isOpenToPipelines } from '../../../access/abilities.ts'
import { type AnyAbility, refusalNote } from '../../../access/pipeline-access.ts'
import type { Context } from '../../../context/context.ts'
import type { BoundedQueue } from '../../../foundation/bounded-queue.ts'
import { assertWithinLimits } from '../../../foundation/input-limits.ts'
import type { Archives } from '../../../modules/archives/archives.ts'
import type { FileStorage } from '../../../storage/file-storage.ts'
import { validate } from './fields.ts'
import type { Fields } from './nested-fields.ts'
import type { ViolationStyle } from './rest-errors.ts'

/** A request, once it is known who asks. */
export type Call = {
  context: Context
  /** As the client wrote it: scheme and host are those that the client knows. */
  url: URL
  headers: Headers
  /** In the path and in the query. */
  parameters: Fields
  /** Those, and before them what the body names, which is read now. */
  readFields: () => Promise<Fields>
  /** For endpoints that stream: the body has not been read. */
  request: Request
  /** Where the files of packages are. */
  storage: FileStorage
  archives: Archives
  /** Where the files of report artifacts are. */
  artifactsDir: string
  /** How many bytes a file may have that Markdown shows or links to. */
  uploadMaxBytes: number
  /** Where whoever sends a file waits for its turn. */
  uploads: BoundedQueue
  /** Repeats the answer to a read if it was kept and is still valid; otherwise reads. */
  recall: (paths: readonly string[], read: () => Promise<Response>) => Promise<Response>
  /** Makes a write; with an `Idempotency-Key` only once of the same content, and gives its answer again. */
  once: (content: unknown, write: () => Promise<Response>) => Promise<Response>
}

/** The raw parameters in the path; a number may still be any text. */
type PathFields = Record<'id', string>

type Description = {
  method: 'get' | 'post' | 'put' | 'delete'
  /** Below `/api/v4`, parameters as `:name`; `:name{.+}` takes slashes as well. */
  path: string
  /** For clients that are generated, where `operation-id.ts` makes none that reads well. */
  operationId?: string
  /** The group in the documentation. */
  tag: string
  summary: string
  description?: string
  /** What may come back: the body of each status that is no failure; null: none. */
  answers: Readonly<Record<number, z.ZodType | null>>
  /** Statuses of failures besides those that every endpoint has. */
  failures?: readonly (400 | 403 | 404 | 409 | 412 | 416 | 422)[]
  /** What a write needs at least, or a read that pipelines may not do: `handle` asks for it, and for whatever else it depends on. */
  ability?: AnyAbility
  /**
   * A file of any size comes as the body of a `put`, or in the field `file` of the form of a `post`, or is the answer to a `get`:
   * parameters are in the path and the query.
   */
  streams?: true
  /** Takes a token as the password of HTTP Basic, and asks for it so: for tools that fetch files. */
  basic?: true
  violations?: ViolationStyle
}

export type Endpoint = Description & {
  /** The parameters, wherever they are: in the path when it names them, else in the query or in the body. */
  input: z.ZodObject
  run: (call: Call) => Promise<Response>
}

type Definition<Input extends z.ZodObject, Found> = Description & {
  input: Input
  /** Looks up what the path names, before the body is read and the parameters are validated. */
  find?: (context: Context, fields: PathFields) => Promise<Found>
  /**
   * The paths of the projects that the answer is about, when it may be kept. Then all that `handle` shows must come from documents
   * (`http/kit/document.ts`), because their fields say whether they may be kept, and it must answer with 200 or throw.
   */
  keptFor?: (found: Found) => readonly string[]
  handle: (call: Call & { input: z.output<Input>; found: Found }) => Promise<Response>
}

/** Whether a pipeline reaches it: a write that names no ability is refused. */
export const isForPipelines = ({ method, ability }: Endpoint): boolean =>
  ability === undefined ? method === 'get' : isOpenToPipelines(ability)

/** Whether an `Idempotency-Key` counts: a file that is put under a name is the same however often. */
export const isKeyed = ({ method, streams }: Pick<Description, 'method' | 'streams'>): boolean =>
  method !== 'get' && !(streams && method === 'put')

/** What it does, and who is refused. */
export const descriptionOf = ({ description, ability }: Endpoint): string =>
  [description, ability && refusalNote(ability)].filter(Boolean).join(' ')

/** Describes an endpoint once: what is validated is what is documented. */
export function endpoint<Input extends z.ZodObject, Found>({
  find,
  keptFor,
  handle,
  ...description
}: Definition<Input, Found>): Endpoint {
  const run = async (call: Call) => {
    // Every path with something to look up has an `:id`.
    const found = (await find?.(call.context, call.parameters as PathFields)) as Found
    const fields = await call.readFields()
    const run = () => {
      const input = validate(description.input, fields)
      assertWithinLimits(input)
      return handle({ ...call, found, input })
    }
    if (keptFor) return call.recall(keptFor(found), run)
    // What streams is known once it has been read: then `handle` asks.
    return description.method === 'get' || description.streams ? run() : call.once(fields, run)
  }
  return { ...description, run }
}
