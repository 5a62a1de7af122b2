// What all mutations share: their payload's `errors` and `clientMutationId`, and who may write at all.
import { builder } from './builder.ts'
import { type Context, forgetLoaded } from './context.ts'
import { AppError, RuleViolation } from './errors.ts'

builder.mutationType({ description: 'Everything that can be written.' })

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

/** A token that may only read must not write; anonymous viewers are told by the mutation itself. */
function assertMayWrite({ viewer }: Context): void {
  if (viewer.scopes.size > 0 && !viewer.scopes.has('api')) {
    throw new AppError('FORBIDDEN', 'This token may only read: a token with the scope api is needed')
  }
}

/**
 * Runs a mutation. Broken rules become the payload's errors, with `none` in place of what would have been written; what
 * the viewer may not do, or what does not exist, stays an error of the request (contract/graphql.md 1.2).
 */
export async function attempt<Values extends object>(
  context: Context,
  { clientMutationId }: { clientMutationId?: string | null | undefined },
  none: { [Name in keyof Values]: null },
  run: () => Promise<Values>,
): Promise<Payload & { [Name in keyof Values]: Values[Name] | null }> {
  assertMayWrite(context)
  const echo = { clientMutationId: clientMutationId ?? null }
  try {
    return { ...echo, errors: [], ...(await run()) }
  } catch (error) {
    if (error instanceof RuleViolation) return { ...echo, errors: error.messages, ...none }
    throw error
  } finally {
    forgetLoaded(context)
  }
}
