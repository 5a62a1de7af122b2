// The common part of all mutations: `errors` and `clientMutationId` in the payload, and the check that the viewer may write at
// all.

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
    'Everything that can be written. A request may have an HTTP header `Idempotency-Key`: 1 to 255 printable ASCII characters ' +
    'of your choice, unique to your token. When the request is sent again with the key within 24 hours, it is not run again: ' +
    'it gets the first answer and the header `Idempotency-Replayed: true`, even when the server died before it answered. ' +
    'While the first request runs, a repetition gets 409. Another request with the key gets 422. A viewer who has lost a role ' +
    'since gets 403. An attempt in which no mutation answered does not count. A list in an input may have at most 1,000 items.',
})

type Payload = { clientMutationId: string | null; errors: readonly string[] }

const MutationPayload = builder.interfaceRef<Payload>('MutationPayload').implement({
  description: 'The payload of every mutation. GitLab has no such interface, but its payloads have the same fields.',
  fields: (t) => ({
    clientMutationId: t.exposeString('clientMutationId', { description: 'The `clientMutationId` of the input.' }),
    errors: t.exposeStringList('errors', {
      nullable: false,
      description: 'The broken rules, in words; empty when the mutation succeeded.',
    }),
  }),
})

type Types = typeof builder.$inferSchemaTypes
export type InputFields = InputFieldBuilder<Types, 'InputObject'>
type Output = OutputType<Types>

/** A field of a payload. A type alone gets a description from the field's name: `release` becomes "The release". */
type PayloadField = Output | { type: Output; description: string }

type TypeOf<Field> = Field extends { type: infer Type } ? Type : Field

type Values<Fields> = { [Name in keyof Fields]: ShapeFromTypeParam<Types, TypeOf<Fields[Name]> & Output, true> | null }

type Mutation<Inputs extends InputFieldMap, Fields> = {
  /** The ability that the mutation needs at least. The use case checks it. */
  ability: AnyAbility
  description: string
  /** The fields of the input. `clientMutationId` is added to them. */
  input: (t: InputFields) => Inputs
  /** The fields of the payload. `errors` and `clientMutationId` are added to them. */
  payload: Fields
  /** The use case. A RuleViolation becomes an error of the payload, whose other fields are then null. */
  run: (context: Context, input: InputShapeFromFields<Inputs>) => Promise<Values<Fields>>
}

/**
 * Declares a mutation with its input and payload (docs/contract/graphql.md#kinds-of-errors). Errors for forbidden actions and
 * missing objects stay errors of the request.
 */
export function mutation<Inputs extends InputFieldMap, Fields extends Record<string, PayloadField>>(
  name: string,
  { ability, description, input, payload, run }: Mutation<Inputs, Fields>,
): void {
  const typeName = name.charAt(0).toUpperCase() + name.slice(1)
  const mark = description.includes('Not in GitLab.') ? ' Not in GitLab.' : ''
  const told = `The input of \`${name}\`${name.endsWith('Update') ? ': what is absent stays as it is' : ''}.${mark}`
  const Input = inputType(`${typeName}Input`, told, input)
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadType(`${typeName}Payload`, `What \`${name}\` answers.${mark}`, payload),
      nullable: true,
      ability,
      description,
      args: { input: t.arg({ type: Input, required: true, description: told }) },
      resolve: (_root, args, context) =>
        attempt(context, (args as unknown as { input: Given }).input, Object.keys(payload), run as Run),
    }),
  )
}

function inputType<Inputs extends InputFieldMap>(
  name: string,
  description: string,
  fields: Mutation<Inputs, unknown>['input'],
) {
  const clientMutationId = { description: 'Any text. The payload returns it.' }
  return builder.inputType(name, {
    description,
    fields: (t) => ({ clientMutationId: t.string(clientMutationId), ...fields(t) }),
  })
}

/** `freezePeriod` becomes `freeze period`. */
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const describedField = (name: string, field: PayloadField) =>
  typeof field === 'object' && 'description' in field
    ? field
    : { type: field, description: `The ${inWords(name)}; null with errors.` }

const payloadType = (name: string, description: string, fields: Record<string, PayloadField>) =>
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

/** Refuses null in every other field, because an absent value means unchanged and null has no meaning there. */
export function assertNullOnlyIn<Input extends object, Name extends keyof Input & string>(
  input: Input,
  ...names: readonly Name[]
): asserts input is Input & { [Given in Exclude<keyof Input, Name>]?: Exclude<Input[Given], null> } {
  for (const [name, value] of Object.entries(input)) {
    if (value !== null || names.some((nullable) => nullable === name)) continue
    throw invalid(`"${name}" must not be null: leave it out to keep the present value`)
  }
}
