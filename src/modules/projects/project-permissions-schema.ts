// What the viewer may do with a project, and the place of the project.
import { type Ability, can } from '../../access/abilities.ts'
import { readsGroup } from '../../access/visibility.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { groupById } from '../groups/group-loaders.ts'
import { ProjectType } from './project-schema.ts'

const OURS = 'Not in GitLab.'

const permissions = {
  readProject: ['project:read', 'Read the project.'],
  downloadCode: ['code:read', 'Read the code, its tags and its archives.'],
  pushCode: ['code:write', 'Push branches and tags. Protected tags narrow it.'],
  adminProject: ['project:update', 'Change the settings.'],
  renameProject: ['project:update', 'Change the name and the path.'],
  changeVisibilityLevel: ['project:visibility', 'Change who may see it.'],
  changeNamespace: ['project:transfer', 'Move it to another group.'],
  archiveProject: ['project:update', 'Make it read-only, and open it again.'],
  removeProject: ['project:delete', 'Delete it.'],
  createIssue: ['issue:create', 'Create issues.'],
  readMergeRequest: ['code:read', 'Read the list of merge requests, which is empty.'],
  readProjectMember: ['member:read', 'Read the members.'],
  adminProjectMember: ['member:write', 'Add, change and remove members.'],
  uploadFile: ['upload:create', 'Upload files that notes show.'],
  readCode: ['code:read', `The same as \`downloadCode\`. ${OURS}`],
  readRelease: ['release:read', `Read releases. ${OURS}`],
  readEvidence: ['evidence:read', `Read the evidence of releases. ${OURS}`],
  createRelease: ['release:create', `Publish releases. Protected tags narrow it. ${OURS}`],
  updateRelease: ['release:update', `Change releases and their links. Protected tags narrow it. ${OURS}`],
  deleteRelease: ['release:delete', `Delete releases. Protected tags narrow it. ${OURS}`],
  adminTag: ['code:write', `Create and delete tags. Protected tags narrow it. ${OURS}`],
  adminProtectedTag: ['protected-tag:write', `Protect tags. ${OURS}`],
  adminMilestone: ['milestone:write', `Create and change milestones. ${OURS}`],
} as const satisfies Record<string, readonly [Ability, string]>

const ProjectPermissions = builder.objectRef<Project>('ProjectPermissions').implement({
  description: 'What the viewer may do with a project.',
  access: 'public',
  fields: (t) =>
    Object.fromEntries(
      Object.entries(permissions).map(([name, [ability, description]]) => [
        name,
        t.boolean({
          nullable: false,
          description,
          resolve: (project, _args, { viewer }) => can(viewer, ability, project),
        }),
      ]),
    ),
})

/** Whoever reads a project knows the path of its group. */
export const Namespace = builder.objectRef<Group>('Namespace').implement({
  description: 'The group that a project is in, as far as its address tells. `Project.group` has more.',
  access: 'public',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: ({ id }) => toGlobalId('Group', id) }),
    name: t.string({
      nullable: false,
      description: 'Name shown to people. The path when the viewer may not read the group.',
      resolve: (group, _args, { viewer }) => (readsGroup(viewer, group) ? group.name : group.path),
    }),
    path: t.exposeString('path', { nullable: false, description: 'Last segment of `fullPath`.' }),
    fullPath: t.exposeID('fullPath', { nullable: false, description: 'Paths of the groups above it, and its own.' }),
  }),
})

builder.prismaObjectFields(ProjectType, (t) => ({
  userPermissions: t.field({
    type: ProjectPermissions,
    nullable: false,
    access: 'public',
    description: 'What the viewer may do with the project.',
    resolve: (project) => project,
  }),
  namespace: t.field({
    type: Namespace,
    access: 'public',
    description: 'The group that the project is in, also when the viewer may not read the group.',
    resolve: ({ groupId }, _args, context) => groupById(context).load(groupId),
  }),
}))
