import type { EvidencePageQuery, EvidencePageQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

/** The page of a snapshot. */
export const askEvidence = document<EvidencePageQuery, EvidencePageQueryVariables>(
  'node',
  /* GraphQL */ `
    query EvidencePage($id: ID!) {
      node(id: $id) {
        __typename
        ... on ReleaseEvidence { sha collectedAt summary }
      }
    }
  `,
)
