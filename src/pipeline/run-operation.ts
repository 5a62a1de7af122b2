// Runs an operation that has passed all checks, or repeats a kept answer that is still valid.
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { doNotKeep } from '../context/answer-life.ts'
import { assertAnswerFits } from '../context/answer-size.ts'
import type { Context } from '../context/context.ts'
import type { KeyedSteps } from '../context/keyed-steps.ts'
import { mayReadReplicas } from '../context/reads.ts'
import type { OpenSubscription } from '../request/open-subscriptions.ts'
import { executeOperation } from './execute.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { Operation } from './known-operations.ts'
import { hasAnswer, mutateOnce } from './mutate-once.ts'
import type { OperationRequest } from './operation-request.ts'
import type { Asker, Outcome } from './pipeline.ts'
import { subscribeTo } from './subscribe.ts'
import { outageIn, tellErrors } from './tell-errors.ts'

export type ReadyOperation = {
  request: OperationRequest
  text: string
  operation: Operation
  context: Context
  asker: Asker
}

type RunnerParts = {
  schema: GraphQLSchema
  /** Null when no answers are kept in memory. */
  keptAnswers: KeptAnswers | null
  opened: OpenSubscription
}

const answerOf = (result: ExecutionResult): Outcome => ({ kind: 'answer', json: JSON.stringify(result) })

/** Throws when the answer is too large. Nothing of the answer is sent then. */
function boundedJson(context: Context, result: ExecutionResult): string {
  assertAnswerFits(context, 0)
  const json = JSON.stringify(result)
  assertAnswerFits(context, json.length)
  return json
}

export function createRunner({
  schema,
  keptAnswers,
  opened,
}: RunnerParts): (ready: ReadyOperation) => Promise<Outcome> {
  /**
   * Throws an outage of the database or of a repository, so that the client repeats the operation. A mutation that has written
   * passes.
   */
  const execute = async ({ operation, context, request: { variables }, asker: { scope } }: ReadyOperation) => {
    const result = await executeOperation(schema, operation, context, variables)
    const outage = outageIn(result)
    if (outage && !(operation.node.operation === 'mutation' && hasAnswer(result))) throw outage
    return tellErrors(result, scope)
  }

  async function query(ready: ReadyOperation): Promise<Outcome> {
    const { request, text, operation, context } = ready
    mayReadReplicas(context)
    const make = async () => {
      const result = await execute(ready)
      if (result.errors) doNotKeep(context)
      return { json: boundedJson(context, result) }
    }
    const paths = keptAnswers && operation.projectPaths()?.(request.variables)
    if (!keptAnswers || !paths) return { kind: 'answer', ...(await make()) }
    const question = [request.operationName, JSON.stringify(request.variables), text].join('\n')
    return { kind: 'answer', ...(await keptAnswers.recall(context, { question, paths }, make)) }
  }

  async function mutation(ready: ReadyOperation): Promise<Outcome> {
    const { request, asker } = ready
    const { idempotencyKey } = request
    if (idempotencyKey === null) return answerOf(await execute(ready))
    const run = (steps: KeyedSteps) => execute({ ...ready, context: { ...ready.context, steps } })
    const answer = await mutateOnce(asker, { ...request, idempotencyKey }, run, asker.scope.log)
    return { kind: 'answer', ...answer }
  }

  async function subscription({ operation, context, request, asker: { scope } }: ReadyOperation): Promise<Outcome> {
    if (!request.takesEvents) return { kind: 'needs events' }
    const events = await subscribeTo(schema, operation, context, request.variables, { opened, scope })
    return { kind: 'events', events }
  }

  const runners = { query, mutation, subscription }
  return (ready) => runners[ready.operation.node.operation](ready)
}
