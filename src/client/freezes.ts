import { z } from 'zod'
import { toGlobalId } from '../foundation/global-id.ts'
import { PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { askProject, project } from './ask-project.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Server, Target } from './server-connection.ts'

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

export const isFrozen = async (target: Target): Promise<boolean> =>
  (await askProject(target, freezeActive)).deployFreezeActive

export const listFreezePeriods = (target: Target): Promise<FreezePeriod[]> =>
  readAllRows(async (after) => (await askProject(target, periodsPage, { after })).freezePeriods)

type Values = { freezeStart: string; freezeEnd: string; cronTimezone: string | undefined }

export const createFreezePeriod = ({ server, project: projectPath }: Target, values: Values): Promise<FreezePeriod> =>
  mutate(server, periodCreate, { projectPath, ...values })

export const deleteFreezePeriod = (server: Server, id: number): Promise<FreezePeriod> =>
  mutate(server, periodDelete, { id: toGlobalId('CiFreezePeriod', id) })
