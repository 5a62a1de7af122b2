import { z } from 'zod'
import { findRestorableGroup } from '../../../modules/deletions/find-restorable.ts'
import { deleteGroup, restoreGroup } from '../../../modules/deletions/group-deletion.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { text } from '../kit/fields.ts'
import { notFound } from '../kit/rest-errors.ts'
import { assertCanInGroup, getGroup } from '../kit/subjects.ts'
import { Accepted, accepted } from '../projects/project-deletion-routes.ts'
import { GroupBody, shownGroups } from './group-documents.ts'

const rest = endpointsOf('Groups')
const fullPath = text('fullPath')

const remove = rest.delete('/groups/:id', {
  summary: 'Delete a group with everything below it',
  description:
    'The group is hidden from everybody and its path is free at once. For 7 days it can be restored, then it is removed.',
  input: z.object({ id: fullPath.describe('The number or the encoded full path.') }),
  ability: 'group/group:delete',
  answers: { 202: Accepted },
  // Without `find`, because the group is gone when a client repeats its request with the same `Idempotency-Key`.
  handle: async ({ context, input }) => {
    const group = await getGroup(context, input)
    assertCanInGroup(context, 'group:delete', group)
    await deleteGroup(context, { groupPath: group.fullPath })
    return accepted()
  },
})

const restore = rest.post('/groups/:id/restore', {
  summary: 'Restore a deleted group with everything below it',
  description: 'Only its Owners find a deleted group. It is refused when another group or project has taken the path.',
  input: z.object({ id: fullPath.describe('The number, or the encoded full path since the deletion.') }),
  ability: 'group/group:delete',
  answers: { 201: GroupBody },
  failures: [409],
  handle: async ({ context, input }) => {
    const found = await findRestorableGroup(context, input.id)
    if (!found) throw notFound('Group')
    const group = await restoreGroup(context, { groupPath: found.fullPath })
    return await shownGroups.one(context, group)
  },
})

export const groupDeletionEndpoints = [remove, restore]
