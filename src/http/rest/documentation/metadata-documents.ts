import type { MetadataQuery, MetadataQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

export const metadata = document<MetadataQuery, MetadataQueryVariables>(
  'metadata',
  /* GraphQL */ `
    query Metadata { metadata { version revision kas { enabled externalUrl version } enterprise } }
  `,
)
