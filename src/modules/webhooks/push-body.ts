import { z } from 'zod'
import { db } from '../../database/db.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import { listCommitIds } from '../../git/commit-list.ts'
import { peeledCommit, readPushedCommits } from '../../git/pushed-commits.ts'
import { isNone } from '../../git/pushed-refs.ts'
import { readTagTexts } from '../../git/tag-objects.ts'
import { matchesTag } from '../protected-tags/matches.ts'
import { type BodyParts, commitFacts, type ProjectWithGroup, projectFacts } from './project-facts.ts'

const Push = z.object({
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  user: z.object({ id: z.int(), name: z.string(), username: z.string(), avatarUrl: z.string().nullable() }).nullable(),
})

const MOST_COMMITS = 20
/** Counting goes no further. */
const MOST_COUNTED = 10_000
const MESSAGE = { skipAbove: 1_000_000, maxBytes: 1_000_000, maxCharacters: 100_000, maxTotal: 100_000 }

type Change = z.output<typeof Push>

/** The IDs of what a branch has got, the newest first. A new branch has what the default branch has not. */
async function newCommits(repository: string, { ref, before, after }: Change, signal: AbortSignal): Promise<string[]> {
  const branch = await findDefaultBranch(repository)
  const main =
    branch === null || ref === `refs/heads/${branch}` ? null : await peeledCommit(repository, `refs/heads/${branch}`)
  const without = isNone(before) ? (main === null ? [] : [main]) : [before]
  return listCommitIds(repository, { from: [after], without }, { limit: MOST_COUNTED, skip: 0 }, signal)
}

async function commitsOf(change: Change, isTag: boolean, project: Project, parts: BodyParts) {
  const repository = parts.directory(project.id)
  // A tag that is made brings no commits that it is told of, and so does what is deleted.
  if (isTag || isNone(change.after)) return { commits: [], total_commits_count: 0 }
  // What was there before may be gone from the repository.
  const ids = await newCommits(repository, change, parts.signal).catch(() => [change.after])
  const read = await readPushedCommits(repository, ids.slice(0, MOST_COMMITS), parts.signal)
  const commits = read.reverse().map((one) => ({
    ...commitFacts(one, project, parts),
    ...{ added: one.added, modified: one.modified, removed: one.removed },
  }))
  return { commits, total_commits_count: ids.length }
}

export async function pushBody(
  trigger: 'push_events' | 'tag_push_events',
  source: unknown,
  project: ProjectWithGroup,
  parts: BodyParts,
) {
  const change = Push.parse(source)
  const { ref, before, after, user } = change
  const repository = parts.directory(project.id)
  const isTag = trigger === 'tag_push_events'
  const isGone = isNone(after)
  const kind = isTag ? 'tag_push' : 'push'
  const facts = await projectFacts(project, parts)
  const tag = isTag && !isGone ? (await readTagTexts(repository, [after], MESSAGE)).get(after) : undefined
  const protectedTags = isTag ? await db.protectedTag.findMany({ where: { projectId: project.id } }) : []
  return {
    object_kind: kind,
    event_name: kind,
    before,
    after,
    ref,
    ref_protected: protectedTags.some(({ name }) => matchesTag(name, ref.slice('refs/tags/'.length))),
    checkout_sha: isGone ? null : await peeledCommit(repository, after),
    message: tag?.message ?? null,
    user_id: user?.id ?? null,
    user_name: user?.name ?? null,
    user_username: user?.username ?? null,
    user_email: null,
    user_avatar: user?.avatarUrl ?? null,
    project_id: project.id,
    project: facts,
    ...(await commitsOf(change, isTag, project, parts)),
    push_options: {},
    repository: {
      name: facts.name,
      url: facts.url,
      description: facts.description,
      homepage: facts.homepage,
      git_http_url: facts.git_http_url,
      git_ssh_url: facts.git_ssh_url,
      visibility_level: facts.visibility_level,
    },
  }
}
