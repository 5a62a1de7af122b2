import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { FreezePeriod, Prisma, Project } from '../../generated/prisma/client.ts'

type FreezePeriodInsert = Pick<
  Prisma.FreezePeriodUncheckedCreateInput,
  'projectId' | 'freezeStart' | 'freezeEnd' | 'cronTimezone'
>

/** Inserts the row and checks nothing. `createFreezePeriod` is what a request calls. */
export function insertFreezePeriod(tx: Tx, input: FreezePeriodInsert): Promise<FreezePeriod> {
  return tx.freezePeriod.create({ data: { ...input, updatedAt: databaseNow() } })
}

export const findFreezePeriod = (project: Project, id: number): Promise<FreezePeriod | null> =>
  db.freezePeriod.findFirst({ where: { id, projectId: project.id } })
