import { can, type ProjectAccess } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { type Issue, Prisma, type Project } from '../../generated/prisma/client.ts'

export type IssueNode = Issue & { project: Project }

const isAuthor = ({ user }: Viewer, { authorId }: Pick<Issue, 'authorId'>) => user !== null && user.id === authorId

type Shown = Pick<Issue, 'confidential' | 'authorId'> & { project: ProjectAccess }

/** A confidential issue is shown from the role Planner on, and to its author. */
export const readsIssue = (viewer: Viewer, issue: Shown): boolean =>
  can(viewer, 'issue:read', issue.project) &&
  (!issue.confidential || isAuthor(viewer, issue) || can(viewer, 'confidential-issue:read', issue.project))

/** The same as `readsIssue`, as a condition on `i` that begins with `AND`, in a project whose issues the viewer may read. */
export function visibleIssues(viewer: Viewer, project: Project): Prisma.Sql {
  if (can(viewer, 'confidential-issue:read', project)) return Prisma.empty
  return Prisma.sql`AND (NOT i.confidential OR i.author_id = ${viewer.user?.id ?? null}::int)`
}

/** Whether the viewer may change title, description and state. The author may. */
export const editsIssue = (viewer: Viewer, issue: IssueNode): boolean =>
  plansIssue(viewer, issue) || (isAuthor(viewer, issue) && can(viewer, 'issue:create', issue.project))

/** Whether the viewer may also change milestone, due date and confidentiality. */
export const plansIssue = (viewer: Viewer, { project }: IssueNode): boolean => can(viewer, 'issue:update', project)

export const deletesIssue = (viewer: Viewer, { project }: IssueNode): boolean => can(viewer, 'issue:delete', project)
