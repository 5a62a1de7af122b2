// What our own doors ask of issues besides.
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
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
