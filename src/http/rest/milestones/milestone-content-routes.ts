import { z } from 'zod'
import { visibleIssuesAnywhere } from '../../../access/visibility.ts'
import type { Context } from '../../../context/context.ts'
import { type Issue, Prisma, type Project } from '../../../generated/prisma/client.ts'
import { issueColumns } from '../../../modules/issues/issue-loaders.ts'
import { idOf, type Namespace } from '../../../modules/projects/namespace.ts'
import { projectById } from '../../../modules/projects/project-loaders.ts'
import { pageOf, readPage } from '../../../rows/numbered-page.ts'
import { IssueBody, presentIssue } from '../issues/present-issue.ts'
import { type Endpoint, endpoint } from '../kit/endpoint.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { getMilestone, milestoneKey, milestonesOf } from './milestone-routes.ts'

const tag = 'Milestones'
const input = z.object({ ...milestoneKey, ...pageFields })

/** Issues are found by the milestone's title, as in GitLab: a group and its projects may have milestones of one title. */
function issuesOf(context: Context, namespace: Namespace, title: string): Prisma.Sql {
  const parent = idOf(namespace)
  const place =
    'projectId' in parent
      ? Prisma.sql`i.project_id = ${parent.projectId}`
      : Prisma.sql`p.ancestor_ids @> ARRAY[${parent.groupId}]::int[]`
  return Prisma.sql`m.title = ${title} AND ${place} ${visibleIssuesAnywhere(context.viewer)}`
}

/** The same for projects and for groups. */
function endpointsOf(owner: 'project' | 'group'): Endpoint[] {
  const find = milestonesOf[owner]
  const path = `/${owner}s/:id/milestones/:milestone_id`
  const issues = endpoint({
    method: 'get',
    path: `${path}/issues`,
    tag,
    summary: `The issues of a milestone of a ${owner}, the highest number first`,
    description: 'Those that the viewer may read, of every milestone of its title.',
    input,
    answers: { 200: z.array(IssueBody) },
    find,
    handle: async (call) => {
      const { title } = await getMilestone(call.found, call.input.milestone_id)
      const page = await readPage<Issue>(
        {
          statement: 'rest.issuesOfMilestone',
          columns: issueColumns,
          from: Prisma.sql`issues i JOIN milestones m ON m.id = i.milestone_id JOIN projects p ON p.id = i.project_id`,
          where: issuesOf(call.context, call.found, title),
          orderBy: Prisma.sql`i.iid DESC, i.id DESC`,
        },
        call.input,
      )
      return answerPage(call, page, async (issue, ofRow) => {
        // It is there: a foreign key holds it.
        const project = (await projectById(ofRow).load(issue.projectId)) as Project
        return presentIssue(ofRow, { ...issue, project })
      })
    },
  })
  const mergeRequests = endpoint({
    method: 'get',
    path: `${path}/merge_requests`,
    tag,
    summary: `The merge requests of a milestone of a ${owner}: none`,
    description: 'There are no merge requests here; release tools ask for them.',
    input,
    answers: { 200: z.array(z.object({})) },
    find,
    handle: async (call) => {
      await getMilestone(call.found, call.input.milestone_id)
      return answerPage(call, pageOf<never>([], call.input), (none) => none)
    },
  })
  return [issues, mergeRequests]
}

export const milestoneContentEndpoints: readonly Endpoint[] = [...endpointsOf('project'), ...endpointsOf('group')]
