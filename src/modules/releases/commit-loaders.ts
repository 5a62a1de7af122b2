import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import type { Commit } from '../git/commits.ts'

export type CommitNode = Commit & { project: Project }

type Key = { project: Project; sha: string }

/** Commits of any number of releases: one batch per repository. */
const loader = perRequest(
  ({ repositories }) =>
    new DataLoader<Key, CommitNode | null, string>(
      async (keys) => {
        const ids = [...new Set(keys.map(({ project }) => project.id))]
        const read = await Promise.all(
          ids.map((id) =>
            repositories.commits(
              id,
              keys.filter(({ project }) => project.id === id).map(({ sha }) => sha),
            ),
          ),
        )
        const byProject = new Map(ids.map((id, at) => [id, read[at]]))
        return keys.map(({ project, sha }) => {
          const commit = byProject.get(project.id)?.get(sha)
          return commit ? { ...commit, project } : null
        })
      },
      { cacheKeyFn: ({ project, sha }) => `${project.id} ${sha}` },
    ),
)

/** At once where it is in memory: a promise for each release of a page costs more than the rest of its commit. */
export function commitOf(context: Context, project: Project, sha: string): CommitNode | Promise<CommitNode | null> {
  const commit = context.repositories.keptCommit(project.id, sha)
  return commit ? { ...commit, project } : loader(context).load({ project, sha })
}
