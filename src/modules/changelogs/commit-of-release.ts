import type { Context } from '../../context/context.ts'
import type { Project, Release } from '../../generated/prisma/client.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'

/** The commit of a release as it was published, or else as its tag is now. Null when the repository has neither. */
export async function commitOfRelease(
  context: Context,
  project: Project,
  { sha, tag }: Pick<Release, 'sha' | 'tag'>,
): Promise<string | null> {
  const { repositories } = context
  if (sha !== null && (await repositories.commits(project.id, [sha])).has(sha)) return sha
  const onBroken = onBrokenRepository(context, project, 'Failed to read the commit of a release')
  return repositories.resolveTag(project.id, tag).catch(onBroken)
}
