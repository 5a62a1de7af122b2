// The milestone or the issue that a path names, and the URL of its list. Null for a missing one and for a hidden one.
import { can } from '../../../access/abilities.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import { findIssue } from '../../../modules/issues/issue-loaders.ts'
import type { IssueNode } from '../../../modules/issues/issue-policy.ts'
import { findMilestoneWithin } from '../../../modules/milestones/find-milestone.ts'
import { pathOf } from '../../../modules/projects/namespace.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { AskedOfNamespace, AskedOfProject } from '../kit/pages.ts'

/** Everybody who may read a group may read its milestones. */
export const mayReadMilestones = ({ context, namespace }: AskedOfNamespace): boolean =>
  'group' in namespace || can(context.viewer, 'milestone:read', namespace.project)

export const milestonesUrl = ({ context, namespace }: AskedOfNamespace): string =>
  `${context.baseUrl}/${'group' in namespace ? 'groups/' : ''}${pathOf(namespace)}/-/milestones`

export async function findMilestoneIn(asked: AskedOfNamespace): Promise<Milestone | null> {
  return mayReadMilestones(asked) ? findMilestoneWithin(asked.namespace, Number(asked.c.req.param('iid'))) : null
}

export const issuesUrl = ({ context, project }: AskedOfProject): string => `${projectUrl(context, project)}/-/issues`

export const findIssueIn = ({ c, context, project }: AskedOfProject): Promise<IssueNode | null> =>
  findIssue(context, project, Number(c.req.param('iid')))
