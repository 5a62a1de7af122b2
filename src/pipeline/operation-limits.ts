import { isAdministrator, type Viewer } from '../access/viewer.ts'

export type OperationLimits = { cost: number; depth: number }

/** The limits of an operation for the viewer. */
export function operationLimits(viewer: Viewer): OperationLimits {
  if (!viewer.user) return { cost: 200, depth: 15 }
  return isAdministrator(viewer) ? { cost: 300, depth: 20 } : { cost: 250, depth: 20 }
}
