import { databaseNow } from '../../database/database-clock.ts'
import type { Tx } from '../../db.ts'
import type { FreezePeriod, Prisma } from '../../generated/prisma/client.ts'

type FreezePeriodInsert = Pick<
  Prisma.FreezePeriodUncheckedCreateInput,
  'projectId' | 'freezeStart' | 'freezeEnd' | 'cronTimezone'
>

/** The row alone, unchecked: `createFreezePeriod` is what a person calls. */
export function insertFreezePeriod(tx: Tx, input: FreezePeriodInsert): Promise<FreezePeriod> {
  return tx.freezePeriod.create({ data: { ...input, updatedAt: databaseNow() } })
}
