import { z } from 'zod'
import { toGlobalId } from '../foundation/global-id.ts'
import { PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import { missingProject, type Server, type Target } from './server-connection.ts'

const FIELDS = 'id startCron endCron cronTimezone status'

const FreezePeriod = z
  .object({
    id: NumericId,
    startCron: z.string(),
    endCron: z.string(),
    cronTimezone: z.string().nullable(),
    status: z.string(),
  })
  .transform(({ id, startCron, endCron, cronTimezone, status }) => ({
    id,
    freezeStart: startCron,
    freezeEnd: endCron,
    cronTimezone,
    active: status === 'ACTIVE',
  }))

export type FreezePeriod = z.output<typeof FreezePeriod>

const project = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ project: z.object(shape).nullable() })

const freezeActive = {
  document: 'query freeze($project: ID!) { project(fullPath: $project) { deployFreezeActive } }',
  data: project({ deployFreezeActive: z.boolean() }),
}

const periodsPage = {
  document: `query periods($project: ID!, $after: String) {
    project(fullPath: $project) { freezePeriods(after: $after) { nodes { ${FIELDS} } ${PAGE_INFO} } }
  }`,
  data: project({ freezePeriods: pageOf(FreezePeriod) }),
}

const periodCreate = mutation('freezePeriodCreate', `freezePeriod { ${FIELDS} }`, FreezePeriod)
const periodDelete = mutation('freezePeriodDelete', `freezePeriod { ${FIELDS} }`, FreezePeriod)

export async function isFrozen(target: Target): Promise<boolean> {
  const answer = await ask(target.server, freezeActive, { project: target.project })
  if (!answer.project) throw missingProject(target)
  return answer.project.deployFreezeActive
}

export const listFreezePeriods = (target: Target): Promise<FreezePeriod[]> =>
  readAllRows(async (after) => {
    const answer = await ask(target.server, periodsPage, { project: target.project, after })
    if (!answer.project) throw missingProject(target)
    return answer.project.freezePeriods
  })

type Values = { freezeStart: string; freezeEnd: string; cronTimezone: string | undefined }

export const createFreezePeriod = ({ server, project: projectPath }: Target, values: Values): Promise<FreezePeriod> =>
  mutate(server, periodCreate, { projectPath, ...values })

export const deleteFreezePeriod = (server: Server, id: number): Promise<FreezePeriod> =>
  mutate(server, periodDelete, { id: toGlobalId('CiFreezePeriod', id) })
