// What our own doors ask of issues besides.
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { IssueType } from './issue-schema.ts'

const shown = { internal: true, nullable: false, access: 'public' } as const

builder.objectFields(IssueType, (t) => ({
  number: t.exposeInt('id', { ...shown, description: 'The number in the global ID.' }),
  numberInProject: t.exposeInt('iid', { ...shown, description: '`iid` as a number.' }),
  projectNumber: t.exposeInt('projectId', { ...shown, description: 'The number of its project.' }),
}))

givenRows('issues', IssueType)
