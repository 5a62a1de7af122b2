import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { findProject } from './find-project.ts'
import { projectDescription } from './project-loaders.ts'
import { projectUrl } from './project-url.ts'

export const ProjectType = builder.prismaNode('Project', {
  id: { field: 'id', kept: true, access: 'public', description: 'Global ID.' },
  description: 'A repository with its releases, milestones and settings.',
  access: { needs: 'project:read', project: (project) => project },
  nullable: true,
  findUnique: (id) => ({ id: Number(id) }),
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      kept: true,
      access: 'public',
      description: 'Name shown to people.',
    }),
    path: t.exposeString('path', {
      nullable: false,
      kept: true,
      access: 'public',
      description: 'Last segment of `fullPath`.',
    }),
    fullPath: t.exposeID('fullPath', {
      nullable: false,
      kept: true,
      access: 'public',
      description: 'Path of the group, a slash, and the path of the project: `group/subgroup/project`.',
    }),
    description: t.string({
      kept: true,
      access: 'public',
      description: 'What the project is for.',
      reads: ['description'],
      resolve: (project, _args, context, info) => projectDescription(context, project, () => placeOfField(info)),
    }),
    topics: t.exposeStringList('topics', {
      nullable: false,
      kept: true,
      access: 'public',
      description: 'What it is about, in the order in which somebody gave it.',
    }),
    visibility: t.exposeString('visibility', {
      kept: true,
      access: 'public',
      description: 'Who may read it: `private` (its members), `internal` (everybody signed in) or `public`.',
    }),
    archived: t.exposeBoolean('archived', { kept: true, access: 'public', description: 'Whether it is read-only.' }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      kept: true,
      access: 'public',
      description: 'When it was created here.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'Time',
      kept: true,
      access: 'public',
      description: 'When the project or one of its releases last changed.',
    }),
    lastActivityAt: t.expose('updatedAt', {
      type: 'Time',
      kept: true,
      access: 'public',
      description: 'When something last happened in it: the same as `updatedAt`.',
    }),
    avatarUrl: t.exposeString('avatarUrl', {
      kept: true,
      access: 'public',
      description: 'Absolute URL of the picture. Null when there is none.',
    }),
    webUrl: t.string({
      kept: true,
      access: 'public',
      description: 'Absolute URL of its page.',
      resolve: (project, _args, context) => projectUrl(context, project),
    }),
    group: t.field({
      type: GroupType,
      access: 'public',
      description: 'Its group. Null when the viewer may not read the group.',
      resolve: (project, _args, context) => findGroupById(context, project.groupId),
    }),
  }),
})

builder.queryField('project', (t) =>
  t.field({
    type: ProjectType,
    kept: true,
    description:
      'The project that has this path, or had it before and nobody has taken the path since. Null when there is none, and when the ' +
      'viewer may not read it.',
    args: { fullPath: t.arg.id({ required: true, description: 'Full path, for example `group/project`.' }) },
    resolve: (_root, { fullPath }, context, info) => findProject(context, fullPath, planBelow(info, context)),
  }),
)
