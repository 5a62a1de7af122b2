import { GraphQLError } from 'graphql'
import { isAdministrator, isNobody, type Viewer } from '../access/viewer.ts'
import { AppError } from '../foundation/errors.ts'
import type { Measure } from './cost.ts'
import type { Operation } from './known-operations.ts'
import type { OperationRequest } from './operation-request.ts'
import { invalidRequest, refused } from './refusal.ts'

/** Who may query the schema by introspection. */
export type Introspection = 'on' | 'signed-in' | 'off'

/** Refuses a mutation by GET, because following a link must not write. */
export function assertMethod({ node }: Operation, { method }: OperationRequest): void {
  if (node.operation !== 'mutation' || method !== 'GET') return
  const error = new GraphQLError('Can only perform a mutation operation from a POST request.')
  throw refused(error, { code: 'BAD_REQUEST', status: 405, headers: { allow: 'POST' } })
}

export function assertIntrospection({ asksForSchema }: Operation, introspection: Introspection, viewer: Viewer): void {
  if (!asksForSchema || introspection === 'on') return
  if (introspection === 'signed-in' && !isNobody(viewer)) return
  const who = introspection === 'off' ? 'nobody' : 'who is not signed in'
  throw new AppError('FORBIDDEN', `This server does not tell its schema to ${who}: __schema and __type are refused`)
}

export function operationLimits(viewer: Viewer): { cost: number; depth: number } {
  if (!viewer.user) return { cost: 200, depth: 15 }
  return isAdministrator(viewer) ? { cost: 300, depth: 20 } : { cost: 250, depth: 20 }
}

/** Throws when the operation is deeper or costs more than its viewer may ask for. */
export function assertAffordable(viewer: Viewer, { cost, depth }: Measure): void {
  const most = operationLimits(viewer)
  if (depth > most.depth) throw invalidRequest(`Query has depth of ${depth}, which exceeds max depth of ${most.depth}`)
  if (cost > most.cost) {
    throw invalidRequest(`Query has complexity of ${Math.ceil(cost)}, which exceeds max complexity of ${most.cost}`)
  }
}
