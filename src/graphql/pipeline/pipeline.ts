// The way of every GraphQL operation, whichever door it came through. Who asks is known by now, and the door has read no more of the
// request than its bound. From here on:
//   1. assert-readable    no text holds what nothing can store
//   2. texts              the text: sent, or known by its hash
//   3. known-operations   parsed, within bounds, or found as it came before
//   4. assert-may-run     the method and the schema's privacy allow it
//      cost               what it costs and how deep it is, refused when that is too much
//   5. known-operations   valid; noted, and compiled when it has come before
//   6. kept-answers       an answer that is still true is given again
//      answer-once        an Idempotency-Key is kept to
//   7. execute            run, once
//   8. mask               what is a bug is told as such, and logged
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import { newAnswerLife } from '../../answer-life.ts'
import type { Context } from '../../context.ts'
import { type ContextParts, requestContext } from '../../http/request-context.ts'
import type { RequestScope } from '../../http/request-scope.ts'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'
import type { Viewer } from '../../modules/access/viewer.ts'
import { countSubscriptions } from '../open-subscriptions.ts'
import { answerOnce } from './answer-once.ts'
import { assertIntrospection, assertMethod, type Introspection } from './assert-may-run.ts'
import { assertReadable } from './assert-readable.ts'
import { assertWithinLimits } from './assert-within-limits.ts'
import { executeOperation } from './execute.ts'
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts'
import { createKnownOperations, type Operation } from './known-operations.ts'
import { masked, maskRefusal } from './mask.ts'
import type { OperationRequest } from './operation-request.ts'
import { NotRun } from './refusal.ts'
import { subscribeTo } from './subscribe.ts'
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

/** What a step needs to run an operation that has passed all that may refuse it. */
type Job = { request: OperationRequest; text: string; operation: Operation; context: Context; asker: Asker }

export function createPipeline({ schema, responseCache, trustedDocuments, introspection, ...parts }: PipelineParts) {
  const texts = createTexts(trustedDocuments)
  const operations = createKnownOperations(schema)
  const keptAnswers = responseCache ? createKeptAnswers() : null
  const opened = countSubscriptions()

  async function execute({ operation, context, request: { variables }, asker: { scope } }: Job) {
    return masked(await executeOperation(schema, operation, context, variables), scope)
  }

  async function query(job: Job): Promise<Outcome> {
    const paths = keptAnswers && job.operation.projectPaths()?.(job.request.variables)
    if (keptAnswers && paths) return recallOrQuery(keptAnswers, job, paths)
    return { kind: 'answer', json: JSON.stringify(await execute(job)) }
  }

  async function recallOrQuery(answers: KeptAnswers, job: Job, paths: readonly string[]): Promise<Outcome> {
    const { request, text, context, asker } = job
    // What fails here fails again where the operation is run, and is told there.
    const place = await answers.place(asker.viewer, { ...request, text }, paths).catch(() => null)
    const kept = place && answers.find(place)
    if (kept) return { kind: 'answer', json: kept }
    const life = newAnswerLife()
    context.answerLife = life
    const result = await execute(job)
    const json = JSON.stringify(result)
    if (place && !result.errors) answers.keep(place, json, life)
    return { kind: 'answer', json }
  }

  async function mutate(job: Job): Promise<Outcome> {
    const { request, asker } = job
    const { idempotencyKey } = request
    if (idempotencyKey === null) return { kind: 'answer', json: JSON.stringify(await execute(job)) }
    const answer = await answerOnce(asker, { ...request, idempotencyKey }, () => execute(job), asker.scope.log)
    return { kind: 'answer', ...answer }
  }

  async function subscribe({ operation, context, request, asker: { scope } }: Job): Promise<Outcome> {
    if (!request.takesEvents) return { kind: 'needs events' }
    const events = await subscribeTo(schema, operation, context, request.variables, { opened, scope })
    return { kind: 'events', events }
  }

  const run = { query, mutation: mutate, subscription: subscribe }

  async function answer(asker: Asker, request: OperationRequest): Promise<Outcome> {
    assertReadable(request)
    const text = texts.find(request)
    const operation = operations.find(text, request.operationName)
    assertMethod(operation, request)
    assertIntrospection(operation, introspection, asker.viewer)
    assertWithinLimits(asker.viewer, operation.measure(request.variables))
    operation.assertValid()
    operations.note(text, request.operationName, operation)
    texts.keep(request)
    const context = requestContext(parts, asker.scope, asker.credentials, asker.viewer)
    return run[operation.node.operation]({ request, text, operation, context, asker })
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
