import { z } from 'zod'
import type { GroupAbility } from '../../../access/group-abilities.ts'
import type { Context } from '../../../context/context.ts'
import { findGroupById } from '../../../modules/groups/find-group.ts'
import { transferGroup } from '../../../modules/groups/move-group.ts'
import { updateGroup } from '../../../modules/groups/update-group.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { integer, optional, someOf, storedText, text } from '../kit/fields.ts'
import { asWrongValue, refusedTransfer } from '../kit/refused-move.ts'
import { notFound } from '../kit/rest-errors.ts'
import { assertCanInGroup, assertSignedIn, getGroup } from '../kit/subjects.ts'
import { GroupBody, shownGroups } from './group-documents.ts'

const rest = endpointsOf('Groups')
const groupId = text('fullPath').describe('The number of the group, or its encoded full path.')

/** For `find`: the group of the path, for viewers who have the ability. */
const groupFor = (ability: GroupAbility) => async (context: Context, path: { id: string }) => {
  const group = await getGroup(context, path)
  assertSignedIn(context)
  assertCanInGroup(context, ability, group)
  return group
}

const values = {
  name: storedText('name').optional().describe('Name shown to people.'),
  path: storedText('path').optional().describe('Path in its group. Everything below the group moves along.'),
  description: storedText('description').nullish(),
  visibility: optional(z.enum(['private', 'internal', 'public'])).describe('Who may read it.'),
}

const update = rest.put('/groups/:id', {
  summary: 'Change a group and its path',
  description: 'A parameter that is absent leaves its value as it is. The path needs the role Owner.',
  input: z.object({ id: groupId, ...values }).refine(...someOf(...Object.keys(values))),
  ability: 'group/group:update',
  answers: { 200: GroupBody },
  violations: 'attributes',
  find: groupFor('group:update'),
  handle: async ({ context, found, input }) => {
    const { name, path, description, visibility } = input
    const changes = { name, path, description, visibility: visibility ?? undefined }
    const group = await updateGroup(context, { groupPath: found.fullPath, ...changes }).catch(asWrongValue)
    return await shownGroups.one(context, group)
  },
})

const transfer = rest.post('/groups/:id/transfer', {
  operationId: 'transferGroup',
  summary: 'Move a group with everything below it to another group, or to the top',
  input: z.object({
    id: groupId,
    group_id: optional(integer(1)).describe(
      'The number of the group that it moves to. Without it the group moves to the top.',
    ),
  }),
  ability: 'group/group:move',
  answers: { 201: GroupBody },
  find: groupFor('group:move'),
  handle: async ({ context, found, input }) => {
    const parent = input.group_id == null ? null : await findGroupById(context, input.group_id)
    if (input.group_id != null && !parent) throw notFound('Group')
    const paths = { groupPath: found.fullPath, parentPath: parent?.fullPath }
    const group = await transferGroup(context, paths).catch(refusedTransfer('group'))
    return await shownGroups.one(context, group)
  },
})

export const groupWriteEndpoints = [update, transfer]
