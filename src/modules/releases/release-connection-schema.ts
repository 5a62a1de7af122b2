import { builder } from '../../graphql/builder.ts'
import { ReleaseType } from './release-schema.ts'

export const ReleaseEdge = builder.edgeObject({
  type: ReleaseType,
  name: 'ReleaseEdge',
  description: 'A release in a page.',
})

export const ReleaseConnection = builder.connectionObject(
  { type: ReleaseType, name: 'ReleaseConnection', description: 'A page of releases.' },
  ReleaseEdge,
)
