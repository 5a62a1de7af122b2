import type { FreezesPageQuery, FreezesPageQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

/** All of them, because a project has at most 100. */
export const freezesPage = document<FreezesPageQuery, FreezesPageQueryVariables>(
  'project',
  /* GraphQL */ `
    query FreezesPage($project: Int!) {
      project: projectByNumber(number: $project) {
        deployFreezeActive
        freezePeriods(first: 100) { nodes { number status startCron endCron cronTimezone startTime endTime } }
      }
    }
  `,
)
