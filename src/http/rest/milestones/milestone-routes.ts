import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import { findMilestone } from '../../../modules/milestones/find-milestone.ts'
import { createMilestone, deleteMilestone, updateMilestone } from '../../../modules/milestones/milestone-service.ts'
import { numberedMilestones } from '../../../modules/milestones/namespace-milestones-loaders.ts'
import { type Namespace, pathOf } from '../../../modules/projects/namespace.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { day, integer, listOf, optional, storedText, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { assertCan, assertCanInGroup, assertSignedIn, getGroup, getProject } from '../kit/subjects.ts'
import { shownMilestones } from './milestone-documents.ts'
import { MilestoneBody } from './present-milestone.ts'

const rest = endpointsOf('Milestones')
const states = { active: 'active', closed: 'closed', all: null } as const
const stateEvents = { close: 'closed', activate: 'active' } as const

const namespaceId = text('fullPath').describe('The number or the encoded full path.')
export const milestoneKey = { id: namespaceId, milestone_id: integer().describe('The number of the milestone.') }
const values = {
  description: storedText('description').nullish(),
  due_date: optional(day).describe('A calendar date.'),
  start_date: optional(day).describe('A calendar date.'),
}

const listInput = z.object({
  id: namespaceId,
  state: optional(z.enum(['active', 'closed', 'all'])),
  title: text('name').nullish().describe('Only the milestone with exactly this title.'),
  search: text('search').nullish().describe('Only milestones with this text in the title or the description.'),
  iids: optional(listOf(integer())).describe('Only milestones with these numbers within the project or the group.'),
  ...pageFields,
})

/** For `find`: the project or the group whose milestones the path names. */
async function findProject(context: Context, { id }: { id: string }): Promise<Namespace> {
  return { project: await getProject(context, id, 'milestone:read') }
}

const findGroup = async (context: Context, path: { id: string }): Promise<Namespace> => ({
  group: await getGroup(context, path),
})

export const milestonesOf = { project: findProject, group: findGroup } as const

function assertMayWrite(context: Context, namespace: Namespace): void {
  assertSignedIn(context)
  if ('project' in namespace) assertCan(context, 'milestone:write', namespace.project)
  else assertCanInGroup(context, 'milestone:write', namespace.group)
}

export const getMilestone = async (namespace: Namespace, id: number): Promise<Milestone> =>
  orNotFound(await findMilestone(namespace, id))

/** Projects and groups have the same endpoints. */
function endpointsFor(owner: 'project' | 'group'): Endpoint[] {
  const find = milestonesOf[owner]
  const milestones = `/${owner}s/:id/milestones`
  const list = rest.get(milestones, {
    summary: `The milestones that belong to a ${owner} directly, by due date`,
    input: listInput,
    answers: { 200: z.array(MilestoneBody) },
    find,
    handle: async (call) => {
      const { state, title, search, iids } = call.input
      // A blank text does not filter.
      const filter = { state: states[state ?? 'all'], title: title || null, search: search || null, iids }
      const page = await numberedMilestones(call.context, call.found, filter, call.input)
      return answerPage(call, await shownMilestones.page(call.context, page))
    },
  })
  const single = rest.get(`${milestones}/:milestone_id`, {
    summary: `A milestone of a ${owner}`,
    input: z.object(milestoneKey),
    answers: { 200: MilestoneBody },
    find,
    handle: async ({ context, input, found }) =>
      await shownMilestones.one(context, await getMilestone(found, input.milestone_id)),
  })
  return [list, single, ...writesOf(owner, { milestones, find })]
}

type Place = { milestones: string; find: (context: Context, path: { id: string }) => Promise<Namespace> }

function writesOf(owner: 'project' | 'group', { milestones, find }: Place): Endpoint[] {
  const ability = owner === 'project' ? 'milestone:write' : 'group/milestone:write'
  const create = rest.post(milestones, {
    summary: `Add a milestone to a ${owner}`,
    input: z.object({ id: namespaceId, title: storedText('name'), ...values }),
    ability,
    answers: { 201: MilestoneBody },
    failures: [409],
    find,
    handle: async ({ context, input, found }) => {
      assertMayWrite(context, found)
      const path = 'project' in found ? { projectPath: pathOf(found) } : { groupPath: pathOf(found) }
      const { title, description, start_date: startDate, due_date: dueDate } = input
      const milestone = await createMilestone(context, { ...path, title, description, startDate, dueDate })
      return await shownMilestones.one(context, milestone)
    },
  })
  const update = rest.put(`${milestones}/:milestone_id`, {
    summary: `Change, close or activate a milestone of a ${owner}`,
    input: z.object({
      ...milestoneKey,
      title: storedText('name').nullish(),
      ...values,
      state_event: optional(z.enum(['close', 'activate'])),
    }),
    ability,
    answers: { 200: MilestoneBody },
    failures: [409],
    find,
    handle: async ({ context, input, found }) => {
      assertMayWrite(context, found)
      const { id } = await getMilestone(found, input.milestone_id)
      const { title, description, start_date: startDate, due_date: dueDate, state_event: event } = input
      const state = event ? stateEvents[event] : undefined
      const changes = { title: title ?? undefined, description, startDate, dueDate, state }
      return await shownMilestones.one(context, await updateMilestone(context, { id, ...changes }))
    },
  })
  const remove = rest.delete(`${milestones}/:milestone_id`, {
    summary: `Delete a milestone of a ${owner}. Its issues and releases stay`,
    input: z.object(milestoneKey),
    ability,
    answers: { 204: null },
    find,
    handle: async ({ context, input, found }) => {
      assertMayWrite(context, found)
      await deleteMilestone(context, { id: (await getMilestone(found, input.milestone_id)).id })
    },
  })
  return [create, update, remove]
}

export const milestoneEndpoints: readonly Endpoint[] = [...endpointsFor('project'), ...endpointsFor('group')]
