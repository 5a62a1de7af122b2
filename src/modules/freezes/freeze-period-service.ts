import type { Tx } from '../../db.ts'
import type { FreezePeriod, Prisma } from '../../generated/prisma/client.ts'

type FreezePeriodCreate = Pick<
  Prisma.FreezePeriodUncheckedCreateInput,
  'projectId' | 'freezeStart' | 'freezeEnd' | 'cronTimezone'
>

export function createFreezePeriod(tx: Tx, input: FreezePeriodCreate): Promise<FreezePeriod> {
  return tx.freezePeriod.create({ data: input })
}
