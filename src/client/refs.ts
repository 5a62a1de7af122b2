import { z } from 'zod'
import { ask } from './graphql.ts'
import { assertNoErrors, mutate, mutation } from './send-mutation.ts'
import type { Target } from './server-connection.ts'

const commit = z.object({ sha: z.string() }).nullable()

const Tag = z.object({ name: z.string(), message: z.string().nullable(), commit })
const Branch = z.object({ name: z.string(), default: z.boolean(), webUrl: z.string(), commit })

export type Tag = z.output<typeof Tag>
export type Branch = z.output<typeof Branch>

const TAG = 'tag { name message commit { sha } }'

const tagCreate = mutation('tagCreate', TAG, Tag)
const tagDelete = mutation('tagDelete', TAG, Tag)
const branchCreate = mutation('branchCreate', 'branch { name default webUrl commit { sha } }', Branch)

type NewBranch = { name: string; ref: string }
type NewTag = NewBranch & { message: string | undefined }

export const createTag = ({ server, project: projectPath }: Target, values: NewTag): Promise<Tag> =>
  mutate(server, tagCreate, { projectPath, ...values })

/** The server shows no tag that leads to no commit, but deletes it. */
export async function deleteTag({ server, project: projectPath }: Target, name: string): Promise<Tag> {
  const { payload } = await ask(server, tagDelete, { input: { projectPath, name } })
  assertNoErrors(payload.errors)
  return payload.result ?? { name, message: null, commit: null }
}

export const createBranch = ({ server, project: projectPath }: Target, values: NewBranch): Promise<Branch> =>
  mutate(server, branchCreate, { projectPath, ...values })
