import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { FreezePeriod, Prisma, Project } from '../../generated/prisma/client.ts'
import type { FreezePeriodNode } from './freeze-loaders.ts'

type FreezePeriodInsert = Pick<
  Prisma.FreezePeriodUncheckedCreateInput,
  'projectId' | 'freezeStart' | 'freezeEnd' | 'cronTimezone'
>

/** The row alone, unchecked: `createFreezePeriod` is what a person calls. */
export function insertFreezePeriod(tx: Tx, input: FreezePeriodInsert): Promise<FreezePeriod> {
  return tx.freezePeriod.create({ data: { ...input, updatedAt: databaseNow() } })
}

export async function findFreezePeriod(project: Project, id: number): Promise<FreezePeriodNode | null> {
  const period = await db.freezePeriod.findFirst({ where: { id, projectId: project.id } })
  return period && { ...period, project }
}
