import { visibleGroups } from '../../access/visibility.ts'
import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { findGroup } from './find-group.ts'
import { groupDescription } from './group-loaders.ts'

export const GroupType = builder.prismaNode('Group', {
  id: { field: 'id', access: 'public', description: 'Global ID.' },
  description: 'Holds projects, milestones, members and further groups.',
  access: 'public',
  nullable: true,
  findUnique: (id, { viewer }) => ({ id: Number(id), AND: visibleGroups(viewer) }),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'Name shown to people.' }),
    path: t.exposeString('path', { nullable: false, description: 'Last segment of `fullPath`.' }),
    fullPath: t.exposeID('fullPath', { nullable: false, description: 'Paths of the groups above it, and its own.' }),
    description: t.string({
      description: 'What the group is for.',
      reads: ['description'],
      resolve: (group, _args, context, info) => groupDescription(context, group, () => placeOfField(info)),
    }),
    visibility: t.exposeString('visibility', {
      description: 'Who may read it: `private` (its members), `internal` (everybody signed in) or `public`.',
    }),
    webUrl: t.string({
      nullable: false,
      description: 'Absolute URL of its page.',
      resolve: (group, _args, { baseUrl }) => `${baseUrl}/groups/${group.fullPath}`,
    }),
  }),
})

builder.queryField('group', (t) =>
  t.field({
    type: GroupType,
    description: 'The group at this path. Null when there is none, and when the viewer may not read it.',
    args: { fullPath: t.arg.id({ required: true, description: 'Full path, for example `group/subgroup`.' }) },
    resolve: (_root, { fullPath }, context, info) => findGroup(context, fullPath, planBelow(info, context)),
  }),
)
