// Runs an operation that has passed all checks, or repeats a kept answer that is still valid.
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { newAnswerLife } from '../context/answer-life.ts'
import { assertAnswerFits } from '../context/answer-size.ts'
import type { Context } from '../context/context.ts'
import type { KeyedSteps } from '../context/keyed-steps.ts'
import { DatabaseAway } from '../database/outage.ts'
import { countSubscriptions } from '../request/open-subscriptions.ts'
import { executeOperation } from './execute.ts'
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts'
import type { Operation } from './known-operations.ts'
import { masked, outageIn } from './mask.ts'
import { hasAnswer, mutateOnce } from './mutate-once.ts'
import type { OperationRequest } from './operation-request.ts'
import type { Asker, Outcome } from './pipeline.ts'
import { subscribeTo } from './subscribe.ts'

export type Job = { request: OperationRequest; text: string; operation: Operation; context: Context; asker: Asker }

type RunnerParts = {
  schema: GraphQLSchema
  /** Whether answers are kept in memory. */
  responseCache: boolean
}

const answerOf = (result: ExecutionResult): Outcome => ({ kind: 'answer', json: JSON.stringify(result) })

/** Throws when the answer is too large. Nothing of the answer is sent then. */
function boundedJson(context: Context, result: ExecutionResult): string {
  assertAnswerFits(context, 0)
  const json = JSON.stringify(result)
  assertAnswerFits(context, json.length)
  return json
}

/** Ignores an error, because running the operation reports it again. An outage passes, so that the client waits only once. */
function unlessAway(error: unknown): null {
  if (error instanceof DatabaseAway) throw error
  return null
}

export function createRunner({ schema, responseCache }: RunnerParts): (job: Job) => Promise<Outcome> {
  const keptAnswers = responseCache ? createKeptAnswers() : null
  const opened = countSubscriptions()

  /**
   * Throws an outage of the database or of a repository, so that the client repeats the operation. A mutation that has written
   * passes.
   */
  const execute = async ({ operation, context, request: { variables }, asker: { scope } }: Job) => {
    const result = await executeOperation(schema, operation, context, variables)
    const outage = outageIn(result)
    if (outage && !(operation.node.operation === 'mutation' && hasAnswer(result))) throw outage
    return masked(result, scope)
  }

  async function query(job: Job): Promise<Outcome> {
    const paths = keptAnswers && job.operation.projectPaths()?.(job.request.variables)
    if (keptAnswers && paths) return recallOrQuery(keptAnswers, job, paths)
    return { kind: 'answer', json: boundedJson(job.context, await execute(job)) }
  }

  async function recallOrQuery(answers: KeptAnswers, job: Job, paths: readonly string[]): Promise<Outcome> {
    const { request, text, context, asker } = job
    const place = await answers.place(asker.viewer, { ...request, text }, paths).catch(unlessAway)
    const kept = place && answers.find(place)
    if (kept) return { kind: 'answer', json: kept }
    const life = newAnswerLife()
    context.answerLife = life
    const result = await execute(job)
    const json = boundedJson(context, result)
    if (place && !result.errors) answers.keep(place, json, life)
    return { kind: 'answer', json }
  }

  async function mutation(job: Job): Promise<Outcome> {
    const { request, asker } = job
    const { idempotencyKey } = request
    if (idempotencyKey === null) return answerOf(await execute(job))
    const run = (steps: KeyedSteps) => execute({ ...job, context: { ...job.context, steps } })
    const answer = await mutateOnce(asker, { ...request, idempotencyKey }, run, asker.scope.log)
    return { kind: 'answer', ...answer }
  }

  async function subscription({ operation, context, request, asker: { scope } }: Job): Promise<Outcome> {
    if (!request.takesEvents) return { kind: 'needs events' }
    const events = await subscribeTo(schema, operation, context, request.variables, { opened, scope })
    return { kind: 'events', events }
  }

  const runners = { query, mutation, subscription }
  return (job) => runners[job.operation.node.operation](job)
}
