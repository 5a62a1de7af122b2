// Projects and groups are deleted and restored.
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { GroupType } from '../groups/group-schema.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { RESTORABLE_DAYS } from './deletion-rows.ts'
import { deleteGroup, restoreGroup } from './group-deletion.ts'
import { deleteProject, restoreProject } from './project-deletion.ts'

const marked =
  'When it was deleted. Null unless it waits to be restored or removed, when only its Owners see it in lists.'
const described = 'Needs the role Owner. Not in GitLab.'
const hidden = `hidden from everybody at once, and removed after ${RESTORABLE_DAYS} days. Its path is free at once.`
const movedPath =
  'full path since the deletion, such as `group/project~17`. `projects` and `groups` list it by `aimedForDeletion`.'

builder.prismaObjectField(ProjectType, 'markedForDeletionOn', (t) =>
  t.expose('deletedAt', { type: 'Time', access: 'public', description: marked }),
)
builder.prismaObjectField(GroupType, 'markedForDeletionOn', (t) =>
  t.expose('deletedAt', { type: 'Time', description: marked }),
)

mutation('projectDelete', {
  ability: 'project:delete',
  description: `Delete a project with everything in it: it is ${hidden} \`projectRestore\` brings it back. ${described}`,
  input: (t) => ({ projectPath: t.id({ required: true, description: 'Full path of the project.' }) }),
  payload: { project: { type: ProjectType, description: 'The deleted project at its path aside; null with errors.' } },
  run: async (context, input) => ({ project: await deleteProject(context, input) }),
})

mutation('projectRestore', {
  ability: 'project:delete',
  description: `Restore a deleted project, at its path before. Within ${RESTORABLE_DAYS} days. ${described}`,
  input: (t) => ({ projectPath: t.id({ required: true, description: `Its ${movedPath}` }) }),
  payload: { project: ProjectType },
  run: async (context, input) => ({ project: await restoreProject(context, input) }),
})

mutation('groupDelete', {
  ability: 'group/group:delete',
  description: `Delete a group with everything below it: it is ${hidden} \`groupRestore\` brings it back. ${described}`,
  input: (t) => ({ groupPath: t.id({ required: true, description: 'Full path of the group.' }) }),
  payload: { group: { type: GroupType, description: 'The deleted group at its path aside; null with errors.' } },
  run: async (context, input) => ({ group: await deleteGroup(context, input) }),
})

mutation('groupRestore', {
  ability: 'group/group:delete',
  description: `Restore a deleted group with everything below it, at its path before. Within ${RESTORABLE_DAYS} days. ${described}`,
  input: (t) => ({ groupPath: t.id({ required: true, description: `Its ${movedPath}` }) }),
  payload: { group: GroupType },
  run: async (context, input) => ({ group: await restoreGroup(context, input) }),
})
