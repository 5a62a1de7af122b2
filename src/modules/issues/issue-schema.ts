import { placeOfField } from '../../context/field-place.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { calendarDate } from '../../foundation/time.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { connection, emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { milestoneById } from '../milestones/milestone-loaders.ts'
import { MilestoneType } from '../milestones/milestone-schema.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { projectUrl } from '../projects/project-url.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { countOfIssues, findIssue, issueDescription, issuesOfProject, parseIid } from './issue-loaders.ts'
import type { IssueNode } from './issue-policy.ts'

const IssueState = builder.enumType('IssueState', {
  description: 'Whether there is still something to do.',
  values: { opened: { description: 'Open.' }, closed: { description: 'Closed.' } },
})

export const IssueType = builder.objectRef<IssueNode>('Issue').implement({
  description:
    'Something to do in a project. A confidential issue is shown from the role Planner on, and to its author.',
  access: { needs: 'issue:read', project: (issue) => issue.project, fields: 'public' },
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: ({ id }) => toGlobalId('Issue', id) }),
    iid: t.exposeID('iid', { nullable: false, description: 'Number within its project.' }),
    title: t.exposeString('title', { nullable: false, description: 'Title.' }),
    description: t.string({
      description: 'What is to be done, in Markdown.',
      resolve: (issue, _args, context, info) => issueDescription(context, issue, () => placeOfField(info)),
    }),
    state: t.expose('state', {
      type: IssueState,
      nullable: false,
      description: 'Whether there is still something to do.',
    }),
    confidential: t.exposeBoolean('confidential', {
      nullable: false,
      description: 'Whether it is shown only from the role Planner on and to its author. It is in no evidence then.',
    }),
    author: t.field({
      type: UserCore,
      description: 'Who wrote the issue. Null when the account is gone.',
      resolve: ({ authorId }, _args, context) => (authorId === null ? null : userById(context).load(authorId)),
    }),
    milestone: t.field({
      type: MilestoneType,
      access: { needs: 'milestone:read', otherwise: null },
      description: 'The milestone that the issue belongs to.',
      resolve: ({ milestoneId }, _args, context) =>
        milestoneId === null ? null : milestoneById(context).load(milestoneId),
    }),
    dueDate: t.field({
      type: 'Time',
      description: 'Calendar date on which it should be done.',
      resolve: ({ dueDate }) => calendarDate(dueDate),
    }),
    closedAt: t.expose('closedAt', { type: 'Time', description: 'When it was closed. Null while it is open.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'Time', nullable: false, description: 'When it last changed.' }),
    webUrl: t.string({
      nullable: false,
      description: 'Absolute URL of its page.',
      resolve: ({ project, iid }, _args, context) => `${projectUrl(context, project)}/-/issues/${iid}`,
    }),
  }),
})

export const issuePageTypes = pageTypes({ type: IssueType, name: 'Issue', one: 'An issue', many: 'issues' })

builder.prismaObjectField(ProjectType, 'issue', (t) =>
  t.field({
    type: IssueType,
    access: { needs: 'issue:read', otherwise: null },
    description: 'The issue with this number. Null when there is none, and when the viewer may not read it.',
    args: { iid: t.arg.string({ required: true, description: 'Number within the project.' }) },
    resolve: (project, { iid }, context) => findIssue(context, project, parseIid(iid)),
  }),
)

builder.prismaObjectField(ProjectType, 'issues', (t) =>
  t.connection(
    {
      type: IssueType,
      access: { needs: 'issue:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The issues that the viewer may read, the newest first.',
      args: { state: t.arg({ type: IssueState, description: 'Only issues in this state.' }) },
      resolve: (project, { state, ...args }, context) =>
        connection(issuesOfProject(context, project, { window: toWindow(args), filter: { state } }), () =>
          countOfIssues(context, project, { state }),
        ),
    },
    ...issuePageTypes,
  ),
)
