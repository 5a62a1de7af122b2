import DataLoader from 'dataloader'
import { answerSize } from '../../context/answer-size.ts'
import { type Context, perRequest } from '../../context/context.ts'
import type { FieldPlace } from '../../context/smaller-pages.ts'
import { groupBy } from '../../foundation/group-by.ts'
import type { Project } from '../../generated/prisma/client.ts'
import type { Commit } from '../../git/commits.ts'

export type CommitNode = Commit & { project: Project }

type Key = { project: Project; sha: string }

/** A commit has at most a million characters. This many commits may be read beyond what the answer may hold. */
const COMMITS_AT_A_TIME = 20

const keyOf = (id: number, sha: string) => `${id} ${sha}`

/** Reads the commits of each repository in batches, as long as the answer has room for them. */
async function readCommits(context: Context, keys: readonly Key[]): Promise<(CommitNode | null | Error)[]> {
  const found = new Map<string, Commit | Error>()
  const readProject = async (id: number, shas: string[]) => {
    let left = answerSize(context).left
    for (let from = 0; from < shas.length; from += COMMITS_AT_A_TIME) {
      const some = shas.slice(from, from + COMMITS_AT_A_TIME)
      if (left < 0) {
        for (const sha of some) found.set(keyOf(id, sha), answerSize(context).refuse('commit'))
        continue
      }
      for (const [sha, commit] of await context.repositories.commits(id, some)) {
        left -= commit.message.length
        found.set(keyOf(id, sha), commit)
      }
    }
  }
  const byProject = groupBy(keys, ({ project }) => project.id)
  await Promise.all([...byProject].map(([id, some]) => readProject(id, [...new Set(some.map(({ sha }) => sha))])))
  return keys.map(({ project, sha }) => {
    const commit = found.get(keyOf(project.id, sha)) ?? null
    return commit === null || commit instanceof Error ? commit : { ...commit, project }
  })
}

const loader = perRequest(
  (context) =>
    new DataLoader<Key, CommitNode | null, string>((keys) => readCommits(context, keys), {
      cacheKeyFn: ({ project, sha }) => keyOf(project.id, sha),
    }),
)

/**
 * Makes no promise for a commit in memory, because a promise for each release of a page costs more than the rest of its commit.
 */
export function commitOf(
  context: Context,
  project: Project,
  sha: string,
  place: () => FieldPlace,
): CommitNode | Promise<CommitNode | null> {
  const counted = <Found extends CommitNode | null>(commit: Found): Found => {
    // The whole message counts, because it is read whatever the query shows of it.
    if (commit) answerSize(context).take(commit.message.length, place)
    return commit
  }
  const commit = context.repositories.keptCommit(project.id, sha)
  return commit ? counted({ ...commit, project }) : loader(context).load({ project, sha }).then(counted)
}
