// What all mutations share: their payload's `errors` and `clientMutationId`, and who may write at all.

import type {
  InputFieldBuilder,
  InputFieldMap,
  InputShapeFromFields,
  OutputType,
  ShapeFromTypeParam,
} from '@pothos/core'
import { assertMayWrite } from '../access/assert-may-write.ts'
import type { AnyAbility } from '../access/pipeline-access.ts'
import { type Context, forgetLoaded } from '../context/context.ts'
import { invalid, RuleViolation } from '../foundation/errors.ts'
import { assertWithinLimits } from '../foundation/input-limits.ts'
import { builder } from './builder.ts'

builder.mutationType({
  description:
    'Everything that can be written. With an HTTP header `Idempotency-Key` (1 to 255 printable ASCII characters, of your own ' +
    'choice, unique to your token) a request that is sent again within 24 hours is not made again: it gets the first answer ' +
    'and the header `Idempotency-Replayed: true`, also where the server died before it gave one. While the first runs it gets ' +
    '409; another request with the key gets 422; who has lost a role since gets 403. ' +
    'An attempt of which no mutation answered does not count. A list in an input may have at most 1,000 items.',
})

type Payload = { clientMutationId: string | null; errors: readonly string[] }

const MutationPayload = builder.interfaceRef<Payload>('MutationPayload').implement({
  description: 'What every mutation answers. Not in GitLab, whose payloads have the same fields.',
  fields: (t) => ({
    clientMutationId: t.exposeString('clientMutationId', { description: 'The one of the input.' }),
    errors: t.exposeStringList('errors', {
      nullable: false,
      description: 'The rules that were broken, in words; empty when the mutation succeeded.',
    }),
  }),
})

type Types = typeof builder.$inferSchemaTypes
type Output = OutputType<Types>

/** A field of a payload. The type alone stands for a field that is what it is called: `release` is described as "The release". */
type PayloadField = Output | { type: Output; description: string }

type TypeOf<Field> = Field extends { type: infer Type } ? Type : Field

type Values<Fields> = { [Name in keyof Fields]: ShapeFromTypeParam<Types, TypeOf<Fields[Name]> & Output, true> | null }

type Mutation<Inputs extends InputFieldMap, Fields> = {
  /** What it needs at least; the use case asks for it. */
  ability: AnyAbility
  description: string
  /** `argument` describes the argument `input`; `clientMutationId` is added to the fields. */
  input: { description: string; argument: string; fields: (t: InputFieldBuilder<Types, 'InputObject'>) => Inputs }
  /** `errors` and `clientMutationId` are added to the fields. */
  payload: { description: string; fields: Fields }
  /** The use case. A rule that it finds broken becomes an error of the payload, whose other fields are null then. */
  run: (context: Context, input: InputShapeFromFields<Inputs>) => Promise<Values<Fields>>
}

/**
 * Declares the mutation of that name with its input and its payload (docs/contract/graphql.md#kinds-of-errors). What the viewer may not do, or what
 * does not exist, stays an error of the request.
 */
export function mutation<Inputs extends InputFieldMap, Fields extends Record<string, PayloadField>>(
  name: string,
  { ability, description, input, payload, run }: Mutation<Inputs, Fields>,
): void {
  const typeName = name.charAt(0).toUpperCase() + name.slice(1)
  const Input = inputType(`${typeName}Input`, input)
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadType(`${typeName}Payload`, payload),
      nullable: true,
      ability,
      description,
      args: { input: t.arg({ type: Input, required: true, description: input.argument }) },
      resolve: (_root, args, context) =>
        attempt(context, (args as unknown as { input: Given }).input, Object.keys(payload.fields), run as Run),
    }),
  )
}

function inputType<Inputs extends InputFieldMap>(
  name: string,
  { description, fields }: Mutation<Inputs, unknown>['input'],
) {
  const clientMutationId = { description: 'Anything; echoed in the payload.' }
  return builder.inputType(name, {
    description,
    fields: (t) => ({ clientMutationId: t.string(clientMutationId), ...fields(t) }),
  })
}

/** `freezePeriod` in words. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const describedField = (name: string, field: PayloadField) =>
  typeof field === 'object' && 'description' in field
    ? field
    : { type: field, description: `The ${inWords(name)}; null with errors.` }

const payloadType = (
  name: string,
  { description, fields }: Mutation<InputFieldMap, Record<string, PayloadField>>['payload'],
) =>
  builder.objectRef<Payload>(name).implement({
    description,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) =>
      Object.fromEntries(
        Object.entries(fields).map(([field, is]) => [
          field,
          t.expose(field as never, { ...describedField(field, is as PayloadField), nullable: true } as never),
        ]),
      ),
  })

type Given = { clientMutationId?: string | null | undefined }
type Run = (context: Context, input: object) => Promise<object>

async function attempt(
  context: Context,
  { clientMutationId = null, ...input }: Given,
  names: readonly string[],
  run: Run,
): Promise<Payload> {
  assertMayWrite(context.viewer)
  assertWithinLimits(input)
  try {
    return { clientMutationId, errors: [], ...(await run(context, input)) }
  } catch (error) {
    if (!(error instanceof RuleViolation)) throw error
    return { clientMutationId, errors: error.messages, ...Object.fromEntries(names.map((name) => [name, null])) }
  } finally {
    forgetLoaded(context)
  }
}

/** Absent means unchanged, and null would have to mean something else: it is refused. */
export function assertNotNull<Input extends object, Name extends keyof Input & string>(
  input: Input,
  names: readonly Name[],
): asserts input is Input & { [Given in Name]?: Exclude<Input[Given], null> } {
  for (const name of names) {
    if (input[name] === null) throw invalid(`"${name}" must not be null: leave it out to keep the present value`)
  }
}
