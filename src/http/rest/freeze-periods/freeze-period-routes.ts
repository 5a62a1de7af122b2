import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import {
  type FreezePeriodNode,
  findFreezePeriod,
  numberedFreezePeriods,
} from '../../../modules/freezes/freeze-loaders.ts'
import {
  createFreezePeriod,
  deleteFreezePeriod,
  updateFreezePeriod,
} from '../../../modules/freezes/freeze-period-service.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { integer, storedText } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { assertUnmodified, orNotFound } from '../kit/rest-errors.ts'
import { assertCan, assertSignedIn, getProject } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { FreezePeriodBody, shownFreezePeriods } from './freeze-period-documents.ts'

const rest = endpointsOf('Freeze periods')
const PERIODS = '/projects/:id/freeze_periods'
const PERIOD = `${PERIODS}/:freeze_period_id`

const periodKey = { id: projectId, freeze_period_id: integer().describe('The number of the freeze period.') }
const cron = storedText('cron').describe(
  'A cron expression with five fields, such as `0 23 * * 5`. Ranges may wrap (`SAT-SUN`).',
)
const timezone = storedText('timeZone').nullish().describe('The name of a time zone. UTC without it.')

async function find(context: Context, { id }: { id: string }): Promise<Project> {
  assertSignedIn(context)
  return getProject(context, id, 'freeze-period:read')
}

const getPeriod = async (project: Project, id: number): Promise<FreezePeriodNode> =>
  orNotFound(await findFreezePeriod(project, id))

const list = rest.get(PERIODS, {
  summary: 'The freeze periods of a project, the oldest first',
  input: z.object({ id: projectId, ...pageFields }),
  ability: 'freeze-period:read',
  answers: { 200: z.array(FreezePeriodBody) },
  find,
  handle: async (call) => {
    const page = await numberedFreezePeriods(call.context, call.found, call.input)
    return answerPage(call, await shownFreezePeriods.page(call.context, page))
  },
})

const single = rest.get(PERIOD, {
  summary: 'A freeze period',
  input: z.object(periodKey),
  ability: 'freeze-period:read',
  answers: { 200: FreezePeriodBody },
  find,
  handle: async ({ context, input, found }) =>
    await shownFreezePeriods.one(context, await getPeriod(found, input.freeze_period_id)),
})

const create = rest.post(PERIODS, {
  summary: 'Add a freeze period',
  input: z.object({ id: projectId, freeze_start: cron, freeze_end: cron, cron_timezone: timezone }),
  ability: 'freeze-period:write',
  answers: { 201: FreezePeriodBody },
  violations: 'attributes',
  find,
  handle: async ({ context, input, found }) => {
    assertCan(context, 'freeze-period:write', found)
    const period = await createFreezePeriod(context, {
      projectPath: found.fullPath,
      freezeStart: input.freeze_start,
      freezeEnd: input.freeze_end,
      cronTimezone: input.cron_timezone,
    })
    return await shownFreezePeriods.one(context, period)
  },
})

const update = rest.put(PERIOD, {
  summary: 'Change a freeze period',
  input: z.object({ ...periodKey, freeze_start: cron.nullish(), freeze_end: cron.nullish(), cron_timezone: timezone }),
  ability: 'freeze-period:write',
  answers: { 200: FreezePeriodBody },
  violations: 'attributes',
  find,
  handle: async ({ context, input, found }) => {
    const { id } = await getPeriod(found, input.freeze_period_id)
    assertCan(context, 'freeze-period:write', found)
    const period = await updateFreezePeriod(context, {
      id,
      freezeStart: input.freeze_start ?? undefined,
      freezeEnd: input.freeze_end ?? undefined,
      cronTimezone: input.cron_timezone ?? undefined,
    })
    return await shownFreezePeriods.one(context, period)
  },
})

const remove = rest.delete(PERIOD, {
  summary: 'Delete a freeze period',
  description: 'A freeze period that has changed since the time in `If-Unmodified-Since` is not deleted (412).',
  input: z.object(periodKey),
  ability: 'freeze-period:write',
  answers: { 204: null },
  failures: [412],
  find,
  handle: async ({ context, input, found, headers }) => {
    const period = await getPeriod(found, input.freeze_period_id)
    assertCan(context, 'freeze-period:write', found)
    assertUnmodified(headers, period)
    await deleteFreezePeriod(context, { id: period.id })
  },
})

export const freezePeriodEndpoints = [list, single, create, update, remove]
