import { can } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { type Issue, Prisma, type Project } from '../../generated/prisma/client.ts'

export type IssueNode = Issue & { project: Project }

const isAuthor = ({ user }: Viewer, { authorId }: Issue) => user !== null && user.id === authorId

/** Confidential issues are for those who plan, and for their authors. */
export const readsIssue = (viewer: Viewer, issue: IssueNode): boolean =>
  can(viewer, 'issue:read', issue.project) &&
  (!issue.confidential || isAuthor(viewer, issue) || can(viewer, 'confidential-issue:read', issue.project))

/** `AND ...`: of the issues `i` of a project whose issues the viewer may read, those of `readsIssue`. */
export function visibleIssues(viewer: Viewer, project: Project): Prisma.Sql {
  if (can(viewer, 'confidential-issue:read', project)) return Prisma.empty
  return Prisma.sql`AND (NOT i.confidential OR i.author_id = ${viewer.user?.id ?? null}::int)`
}

/** Its words and its state: also for its author. */
export const editsIssue = (viewer: Viewer, issue: IssueNode): boolean =>
  plansIssue(viewer, issue) || (isAuthor(viewer, issue) && can(viewer, 'issue:create', issue.project))

/** Milestone, dates and confidentiality as well. */
export const plansIssue = (viewer: Viewer, { project }: IssueNode): boolean => can(viewer, 'issue:update', project)
