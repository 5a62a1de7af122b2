import { z } from 'zod'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Target } from './server-connection.ts'

const Issue = z
  .object({
    id: NumericId,
    iid: z.coerce.number(),
    title: z.string(),
    state: z.string(),
    confidential: z.boolean(),
    milestone: z.object({ id: NumericId }).nullable(),
    dueDate: z.string().nullable(),
  })
  .transform(({ milestone, ...issue }) => ({ ...issue, milestoneId: milestone?.id ?? null }))

export type Issue = z.output<typeof Issue>

const ISSUE = 'issue { id iid title state confidential milestone { id } dueDate }'

const issueCreate = mutation('issueCreate', ISSUE, Issue)
const issueUpdate = mutation('issueUpdate', ISSUE, Issue)
const issueDelete = mutation('issueDelete', ISSUE, Issue)

export const createIssue = ({ server, project: projectPath }: Target, values: object): Promise<Issue> =>
  mutate(server, issueCreate, { projectPath, ...values })

export const updateIssue = ({ server, project: projectPath }: Target, iid: number, changes: object): Promise<Issue> =>
  mutate(server, issueUpdate, { projectPath, iid: String(iid), ...changes })

export const deleteIssue = ({ server, project: projectPath }: Target, iid: number): Promise<Issue> =>
  mutate(server, issueDelete, { projectPath, iid: String(iid) })
