import { z } from 'zod'
import { numberedIssuesOfMilestone } from '../../../modules/issues/issue-loaders.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { shownIssues } from '../issues/issue-documents.ts'
import { IssueBody } from '../issues/present-issue.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { getMilestone, milestoneKey, milestonesOf } from './milestone-routes.ts'

const rest = endpointsOf('Milestones')
const input = z.object({ ...milestoneKey, ...pageFields })

/** Projects and groups have the same endpoints. */
function contentsOf(owner: 'project' | 'group'): Endpoint[] {
  const find = milestonesOf[owner]
  const path = `/${owner}s/:id/milestones/:milestone_id`
  const issues = rest.get(`${path}/issues`, {
    summary: `The issues of a milestone of a ${owner}, the highest number first`,
    description: 'The issues that the viewer may read. Issues of every milestone with the same title count.',
    input,
    answers: { 200: z.array(IssueBody) },
    find,
    handle: async (call) => {
      const milestone = await getMilestone(call.found, call.input.milestone_id)
      const page = await numberedIssuesOfMilestone(call.context, milestone, call.input)
      return answerPage(call, await shownIssues.page(call.context, page))
    },
  })
  const mergeRequests = rest.get(`${path}/merge_requests`, {
    summary: `The merge requests of a milestone of a ${owner}: none`,
    description: 'Always an empty list, because Waybill has no merge requests. Release tools ask for the list.',
    input,
    answers: { 200: z.array(z.object({})) },
    find,
    handle: async (call) => {
      await getMilestone(call.found, call.input.milestone_id)
      return answerPage(call, pageOf<never>([], call.input))
    },
  })
  return [issues, mergeRequests]
}

export const milestoneContentEndpoints: readonly Endpoint[] = [...contentsOf('project'), ...contentsOf('group')]
