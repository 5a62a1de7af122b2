// Fields of groups that only our own doors may ask for.
import { readsGroup } from '../../access/visibility.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { groupById } from './group-loaders.ts'
import { GroupType } from './group-schema.ts'

givenRows('groups', GroupType)

builder.prismaObjectFields(GroupType, (t) => ({
  number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
  parentNumber: t.exposeInt('parentId', { internal: true, description: 'The number of the group above it.' }),
  fullName: t.string({
    internal: true,
    nullable: false,
    description: 'The names of the groups above it and its own. A group that the viewer may not read shows its path.',
    reads: ['ancestorIds'],
    resolve: async ({ ancestorIds }, _args, context) => {
      const all = await Promise.all(ancestorIds.map((id) => groupById(context).load(id)))
      return all
        .flatMap((group) => (group ? [readsGroup(context.viewer, group) ? group.name : group.path] : []))
        .join(' / ')
    },
  }),
}))
