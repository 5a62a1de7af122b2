// What all mutations share: their payload's `errors` and `clientMutationId`, and who may write at all.

import { assertMayWrite } from '../access/assert-may-write.ts'
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

export type Payload = { clientMutationId: string | null; errors: readonly string[] }

export const MutationPayload = builder.interfaceRef<Payload>('MutationPayload').implement({
  description: 'What every mutation answers. Not in GitLab, whose payloads have the same fields.',
  fields: (t) => ({
    clientMutationId: t.exposeString('clientMutationId', { description: 'The one of the input.' }),
    errors: t.exposeStringList('errors', {
      nullable: false,
      description: 'The rules that were broken, in words; empty when the mutation succeeded.',
    }),
  }),
})

/** Of every input's field of that name. */
export const clientMutationIdOptions = { description: 'Anything; echoed in the payload.' }

/**
 * Runs a mutation. Broken rules become the payload's errors, with `none` in place of what would have been written; what
 * the viewer may not do, or what does not exist, stays an error of the request (contract/graphql.md 1.2).
 */
export async function attempt<Values extends object>(
  context: Context,
  input: { clientMutationId?: string | null | undefined },
  none: { [Name in keyof Values]: null },
  run: () => Promise<Values>,
): Promise<Payload & { [Name in keyof Values]: Values[Name] | null }> {
  assertMayWrite(context.viewer)
  assertWithinLimits(input)
  const echo = { clientMutationId: input.clientMutationId ?? null }
  try {
    return { ...echo, errors: [], ...(await run()) }
  } catch (error) {
    if (error instanceof RuleViolation) return { ...echo, errors: error.messages, ...none }
    throw error
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
