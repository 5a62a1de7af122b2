// Every GraphQL operation takes these steps, whichever door it came through. The door has found the viewer and has read a bounded
// request.
//   1. assert-readable       refuses texts that nothing can store
//   2. texts                 finds the text: the sent one, or the one with the sent hash
//   3. known-operations      parses the text within bounds, or finds the operation that came before
//   4. assert-may-run        checks the method, who may use introspection, and the depth and cost that `cost` measures
//   5. rate-limits           charges the cost to the viewer's budget; a refused operation costs a point
//   6. known-operations      validates the operation, and compiles it when it has come before
//   7. variables             checks the variables against their declared types
//   8. run-operation         runs the operation once: kept-answers repeats an answer that is still valid, mutate-once obeys an
//                            Idempotency-Key, execute runs the compiled function or the interpreter, and tell-errors hides and logs bugs
import { createHash } from 'node:crypto'
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import type { Viewer } from '../access/viewer.ts'
import type { CredentialHeaders } from '../authentication/authenticate.ts'
import { traced } from '../foundation/tracing.ts'
import { countSubscriptions } from '../request/open-subscriptions.ts'
import { type ContextParts, requestContext } from '../request/request-context.ts'
import type { RequestScope } from '../request/request-scope.ts'
import { assertAffordable, assertIntrospection, assertMethod, type Introspection } from './assert-may-run.ts'
import { assertReadable } from './assert-readable.ts'
import type { Answer, KeptAnswers } from './kept-answers.ts'
import { createKnownOperations, type Operation } from './known-operations.ts'
import type { OperationRequest } from './operation-request.ts'
import { NotRun } from './refusal.ts'
import { createRunner } from './run-operation.ts'
import { tellRefusal } from './tell-errors.ts'
import { createTexts } from './texts.ts'
import type { TrustedDocuments } from './trusted-documents.ts'

export type PipelineParts = ContextParts & {
  schema: GraphQLSchema
  /** Null when no answers are kept in memory. */
  keptAnswers: KeptAnswers | null
  /** The only documents that may run; null when every document may run. */
  trustedDocuments: TrustedDocuments | null
  introspection: Introspection
}

export type Asker = { scope: RequestScope; credentials: CredentialHeaders; viewer: Viewer }

export type Outcome =
  /** The operation has run. The JSON is a text or UTF-8. */
  | ({ kind: 'answer' } & Answer)
  /** The operation was not run. Each error has its status in `extensions.http`. */
  | { kind: 'refusal'; errors: readonly GraphQLError[] }
  /** The events of a subscription. */
  | { kind: 'events'; events: AsyncIterableIterator<ExecutionResult> }
  /** Nothing was run, because the operation is a subscription and the request accepts no events. */
  | { kind: 'needs events' }

export type Pipeline = (asker: Asker, request: OperationRequest) => Promise<Outcome>

/** Its name, or else a digest, because a text may contain values. */
function operationSpan(text: string, { node }: Operation) {
  const name = node.name?.value ?? createHash('sha256').update(text).digest('hex').slice(0, 16)
  return { name: `${node.operation} ${name}`, attributes: { 'graphql.operation.type': node.operation } }
}

export function createPipeline(parts: PipelineParts) {
  const { schema, trustedDocuments, introspection, rateLimits } = parts
  const texts = createTexts(trustedDocuments)
  const operations = createKnownOperations(schema)
  const subscriptions = countSubscriptions()
  const run = createRunner({ ...parts, opened: subscriptions.open })

  async function check({ viewer }: Asker, request: OperationRequest) {
    assertReadable(request)
    const text = texts.find(request)
    const operation = await operations.find(text, request.operationName)
    assertMethod(operation, request)
    assertIntrospection(operation, introspection, viewer)
    const measure = operation.measure(request.variables)
    assertAffordable(viewer, measure)
    return { text, operation, cost: measure.cost }
  }

  /** A refused operation also costs a point. */
  async function checkAndCharge(asker: Asker, request: OperationRequest) {
    let cost = 1
    try {
      const checked = await check(asker, request)
      cost = checked.cost
      return checked
    } finally {
      await rateLimits.spend(asker.scope, asker.viewer, cost)
    }
  }

  async function answer(asker: Asker, request: OperationRequest): Promise<Outcome> {
    const { text, operation } = await checkAndCharge(asker, request)
    operation.assertValid()
    operations.note(text, request.operationName, operation)
    texts.keep(request)
    operation.assertVariables(request.variables)
    const context = requestContext(parts, asker.scope, asker.credentials, asker.viewer)
    return traced(
      () => operationSpan(text, operation),
      () => run({ request, text, operation, context, asker }),
    )
  }

  const pipeline: Pipeline = async (asker, request) => {
    try {
      return await answer(asker, request)
    } catch (error) {
      const errors = error instanceof NotRun ? error.errors : [error]
      return { kind: 'refusal', errors: errors.map((one) => tellRefusal(one, asker.scope)) }
    }
  }
  return { pipeline, operations: operations.statistics, subscriptions: subscriptions.count }
}
