import type { Context } from '../../context.ts'
import { can } from '../access/abilities.ts'
import { GitError } from '../git/git.ts'
import { findProject } from '../projects/find-project.ts'
import type { SourceFormat } from '../releases/release-urls.ts'
import { type Archive, archiveName } from './archive.ts'

/** The commit of a tag, else of a branch, else of that id: sources of a release are those of its tag. */
async function commitOf({ repositories, log }: Context, id: number, ref: string): Promise<string | null> {
  try {
    return (await repositories.resolveTag(id, ref)) ?? (await repositories.resolveCommit(id, ref))
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    log.error({ err: error, projectId: id }, 'a repository is missing or broken')
    return null
  }
}

/** What an archive of that ref is made of. Hidden equals missing, the project as the ref: null for all. */
export async function findArchive(
  context: Context,
  { projectPath, ref, format }: { projectPath: string; ref: string; format: SourceFormat },
): Promise<Archive | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'code:read', project)) return null
  const repository = context.repositories.directory(project.id)
  const sha = await commitOf(context, project.id, ref)
  return sha === null ? null : { repository, sha, format, name: archiveName(project, ref) }
}
