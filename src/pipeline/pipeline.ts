// The way of every GraphQL operation, whichever door it came through. Who asks is known by now, and the door has read no more of the
// request than its bound. From here on:
//   1. assert-readable       no text holds what nothing can store
//   2. texts                 the text: sent, or known by its hash
//   3. known-operations      parsed, within bounds, or found as it came before
//   4. assert-may-run        the method, and who may know the schema
//   5. cost                  what it costs and how deep it is: refused when that is too much, else taken from what the viewer may spend
//   6. known-operations      valid; noted, and compiled when it has come before
//   7. variables             of the types that the operation declares
//   8. run-operation         run, once: kept-answers gives an answer again that is still true, mutate-once keeps to an Idempotency-Key,
//                            execute runs the compiled function or the interpreter, mask hides what is a bug and logs it
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import type { Viewer } from '../access/viewer.ts'
import type { CredentialHeaders } from '../authentication/authenticate.ts'
import { type ContextParts, requestContext } from '../request/request-context.ts'
import type { RequestScope } from '../request/request-scope.ts'
import { assertIntrospection, assertMethod, type Introspection } from './assert-may-run.ts'
import { assertReadable } from './assert-readable.ts'
import { assertWithinLimits } from './assert-within-limits.ts'
import { createKnownOperations } from './known-operations.ts'
import { maskRefusal } from './mask.ts'
import type { OperationRequest } from './operation-request.ts'
import { NotRun } from './refusal.ts'
import { createRunner } from './run-operation.ts'
import { createTexts } from './texts.ts'
import type { TrustedDocuments } from './trusted-documents.ts'

export type PipelineParts = ContextParts & {
  schema: GraphQLSchema
  /** Whether answers are kept in memory. */
  responseCache: boolean
  /** What alone may run; null: whatever is sent. */
  trustedDocuments: TrustedDocuments | null
  introspection: Introspection
}

/** Who asks, and by what. */
export type Asker = { scope: RequestScope; credentials: CredentialHeaders; viewer: Viewer }

export type Outcome =
  /** The operation has run: its JSON, as text or in UTF-8. */
  | { kind: 'answer'; json: string | Buffer; headers?: Readonly<Record<string, string>> }
  /** It was not run: why, with the status in each error's `extensions.http`. */
  | { kind: 'refusal'; errors: readonly GraphQLError[] }
  /** What a subscription tells as it happens. */
  | { kind: 'events'; events: AsyncIterableIterator<ExecutionResult> }
  /** Nothing was run: it is a subscription, and the request takes no events. */
  | { kind: 'needs events' }

export type Pipeline = (asker: Asker, request: OperationRequest) => Promise<Outcome>

export function createPipeline(parts: PipelineParts) {
  const { schema, trustedDocuments, introspection, rateLimits } = parts
  const texts = createTexts(trustedDocuments)
  const operations = createKnownOperations(schema)
  const run = createRunner(parts)

  async function admit({ viewer }: Asker, request: OperationRequest) {
    assertReadable(request)
    const text = texts.find(request)
    const operation = await operations.find(text, request.operationName)
    assertMethod(operation, request)
    assertIntrospection(operation, introspection, viewer)
    const measure = operation.measure(request.variables)
    assertWithinLimits(viewer, measure)
    return { text, operation, cost: measure.cost }
  }

  /** What is refused costs a point, too. */
  async function admitAndCharge(asker: Asker, request: OperationRequest) {
    let cost = 1
    try {
      const admitted = await admit(asker, request)
      cost = admitted.cost
      return admitted
    } finally {
      await rateLimits.spend(asker.scope, asker.viewer, cost)
    }
  }

  async function answer(asker: Asker, request: OperationRequest): Promise<Outcome> {
    const { text, operation } = await admitAndCharge(asker, request)
    operation.assertValid()
    operations.note(text, request.operationName, operation)
    texts.keep(request)
    operation.assertVariables(request.variables)
    const context = requestContext(parts, asker.scope, asker.credentials, asker.viewer)
    return run({ request, text, operation, context, asker })
  }

  const pipeline: Pipeline = async (asker, request) => {
    try {
      return await answer(asker, request)
    } catch (error) {
      const errors = error instanceof NotRun ? error.errors : [error]
      return { kind: 'refusal', errors: errors.map((one) => maskRefusal(one, asker.scope)) }
    }
  }
  return { pipeline, statistics: operations.statistics }
}
