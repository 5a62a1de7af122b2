import { db } from '../../database/db.ts'
import type { Milestone } from '../../generated/prisma/client.ts'
import { idOf, type Namespace } from '../projects/namespace.ts'

/** The milestone with this number in this project or group itself. Null when there is none. */
export const findMilestone = (namespace: Namespace, id: number): Promise<Milestone | null> =>
  db.milestone.findFirst({ where: { id, ...idOf(namespace) } })

/** The milestone with this number within the project or group. Null when there is none. */
export const findMilestoneWithin = (namespace: Namespace, iid: number): Promise<Milestone | null> =>
  db.milestone.findFirst({ where: { iid, ...idOf(namespace) } })
