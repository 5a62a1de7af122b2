import type { Viewer } from '../access/viewer.ts'
import type { Measure } from './cost.ts'
import { operationLimits } from './operation-limits.ts'
import { wrong } from './refusal.ts'

/** Throws when the operation is deeper or costs more than its viewer may ask for. */
export function assertWithinLimits(viewer: Viewer, { cost, depth }: Measure): void {
  const most = operationLimits(viewer)
  if (depth > most.depth) throw wrong(`Query has depth of ${depth}, which exceeds max depth of ${most.depth}`)
  if (cost > most.cost) {
    throw wrong(`Query has complexity of ${Math.ceil(cost)}, which exceeds max complexity of ${most.cost}`)
  }
}
