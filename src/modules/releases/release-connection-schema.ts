import type { GraphQLResolveInfo } from 'graphql'
import type { Context } from '../../context/context.ts'
import { builder } from '../../graphql/builder.ts'
import { lookAhead } from '../../rows/look-ahead.ts'
import { type LookAhead, rowTypes } from '../../rows/prefetch.ts'
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

const types = rowTypes('Release', 'ReleaseAssets', 'ReleaseLinks')

export const releasesBelow = (below: LookAhead) => below(types)

/** What a query wants of the releases that this field gives, to be read in one statement. */
export const releaseLookAhead = (info: GraphQLResolveInfo, context: Context) => lookAhead(info, types, context)
