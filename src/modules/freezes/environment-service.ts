import type { Tx } from '../../database/db.ts'
import type { Environment, Prisma } from '../../generated/prisma/client.ts'

type EnvironmentCreate = Pick<Prisma.EnvironmentUncheckedCreateInput, 'projectId' | 'name'>

export function createEnvironment(tx: Tx, input: EnvironmentCreate): Promise<Environment> {
  return tx.environment.create({ data: input })
}
