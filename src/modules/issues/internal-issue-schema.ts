// What our own doors ask of issues besides.
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import type { NumberedPage } from '../../rows/numbered-page.ts'
import { MilestoneType } from '../milestones/milestone-schema.ts'
import { numberedIssuesOfMilestone } from './issue-loaders.ts'
import type { IssueNode } from './issue-policy.ts'
import { IssueType } from './issue-schema.ts'

builder.objectFields(IssueType, (t) => ({
  number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
  numberInProject: t.exposeInt('iid', { internal: true, nullable: false, description: '`iid` as a number.' }),
  projectNumber: t.exposeInt('projectId', {
    internal: true,
    nullable: false,
    description: 'The number of its project.',
  }),
}))

givenRows('issues', IssueType)

const IssuePage = builder.objectRef<NumberedPage<IssueNode>>('IssuePage').implement({
  internal: true,
  description: 'A page of issues by number.',
  access: 'public',
  fields: (t) => ({
    rows: t.field({
      type: [IssueType],
      internal: true,
      nullable: false,
      description: 'The issues, the newest first.',
      resolve: ({ rows }) => rows,
    }),
    number: t.exposeInt('number', { internal: true, nullable: false, description: 'Which page it is.' }),
    hasNext: t.exposeBoolean('hasNext', {
      internal: true,
      nullable: false,
      description: 'Whether there is another page.',
    }),
  }),
})

builder.prismaObjectField(MilestoneType, 'numberedIssues', (t) =>
  t.field({
    type: IssuePage,
    internal: true,
    nullable: false,
    description:
      'The issues that it has, and for a group those of milestones of the same title below it, which the viewer may read.',
    args: { page: t.arg.int({ description: 'The number of the page, from 1.' }) },
    reads: ['title', 'projectId', 'groupId'],
    resolve: (milestone, { page }, context) => numberedIssuesOfMilestone(context, milestone, { page }),
  }),
)
