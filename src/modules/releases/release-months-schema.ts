// How a group publishes over time, which its page shows.
import { readsGroupReleases } from '../../access/visibility.ts'
import { builder } from '../../graphql/builder.ts'
import { GroupType } from '../groups/group-schema.ts'
import { type ReleaseMonth, releaseMonths } from './release-months.ts'

const ReleaseMonthType = builder.objectRef<ReleaseMonth>('ReleaseMonth').implement({
  internal: true,
  description: 'What a group published in a month.',
  access: 'public',
  fields: (t) => ({
    month: t.exposeString('month', { nullable: false, description: 'Year and month (UTC): `2026-11`.' }),
    count: t.exposeInt('count', { nullable: false, description: 'How many releases. 1,000 means that or more.' }),
  }),
})

builder.prismaObjectField(GroupType, 'releaseMonths', (t) =>
  t.field({
    type: [ReleaseMonthType],
    internal: true,
    nullable: false,
    description:
      'The last twelve months, the oldest first, with the number of releases that are published and that the viewer may read. ' +
      'Empty for viewers who are not members of the group.',
    resolve: (group, _args, context) =>
      readsGroupReleases(context.viewer, group) ? releaseMonths(context, group) : [],
  }),
)
