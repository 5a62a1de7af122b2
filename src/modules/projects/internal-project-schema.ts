// Fields of projects that only our own doors may ask for.
import { role } from '../../access/roles.ts'
import { isAdministrator, isNobody, roleInGroup, type Viewer } from '../../access/viewer.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { Namespace } from './project-permissions-schema.ts'
import { ProjectType } from './project-schema.ts'

givenRows('projects', ProjectType)

type Roles = { own: number; inherited: number }

/** An administrator is shown as Owner, even without a membership, because clients read here what the viewer may do. */
const rolesOf = (viewer: Viewer, project: Project): Roles =>
  isAdministrator(viewer)
    ? { own: role.owner, inherited: role.none }
    : { own: viewer.projectRoles.get(project.id) ?? role.none, inherited: roleInGroup(viewer, project) }

const ViewerRoles = builder.objectRef<Roles>('ViewerRoles').implement({
  internal: true,
  description: 'The roles of the viewer in a project, as numbers. 0 without a role.',
  access: 'public',
  fields: (t) => ({
    own: t.exposeInt('own', { nullable: false, description: 'The role in the project itself.' }),
    inherited: t.exposeInt('inherited', { nullable: false, description: 'The highest role in the groups above it.' }),
  }),
})

builder.prismaObjectFields(ProjectType, (t) => ({
  number: t.exposeInt('id', {
    internal: true,
    nullable: false,
    access: 'public',
    description: 'The number in the global ID.',
  }),
  viewerRoles: t.field({
    type: ViewerRoles,
    internal: true,
    access: 'public',
    description: 'The roles of the viewer. Null without a credential.',
    resolve: (project, _args, { viewer }) => (isNobody(viewer) ? null : rolesOf(viewer, project)),
  }),
}))

builder.objectFields(Namespace, (t) => ({
  number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
  parentNumber: t.exposeInt('parentId', { internal: true, description: 'The number of the group above it.' }),
  webUrl: t.string({
    internal: true,
    nullable: false,
    description: 'Absolute URL of its page.',
    resolve: ({ fullPath }, _args, { baseUrl }) => `${baseUrl}/groups/${fullPath}`,
  }),
}))
