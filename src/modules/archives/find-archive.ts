import { can } from '../../access/abilities.ts'
import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'
import { FULL_ID } from '../../git/ref-names.ts'
import { hasPath } from '../../git/tree-paths.ts'
import { findProject } from '../projects/find-project.ts'
import type { SourceFormat } from '../releases/release-urls.ts'
import { type Archive, archiveName } from './archive.ts'

/** The commit of that full id, else of a tag, else of a branch, else as git reads it: sources of a release are those of its tag. */
async function commitOf({ repositories }: Context, id: number, ref: string): Promise<string | null> {
  if (FULL_ID.test(ref) && (await repositories.commits(id, [ref])).has(ref)) return ref
  return (await repositories.resolveTag(id, ref)) ?? (await repositories.resolveCommit(id, ref))
}

/** In bytes, so that the name of what is sent fits into a header. */
const MAX_PATH_BYTES = 1024

/** `a/b` of `/a/b/`, '' of what means everything; null where no file can have that name. */
function cleanPath(path: string): string | null {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  const clean = segments.join('/')
  return segments.includes('..') || clean.includes('\0') || Buffer.byteLength(clean) > MAX_PATH_BYTES ? null : clean
}

export type WantedArchive = {
  ref: string
  format: SourceFormat
  /** Only this file or folder; '': everything. */
  path: string
  /** What the client calls it. Only where that is our own name, the commit is never a part of it. */
  requestedName?: string | null
  /** Whether the commit is a part of the name; null: unless the ref is the commit. */
  appendSha: boolean | null
  excluded?: readonly string[]
}

async function locate(context: Context, project: Project, wanted: WantedArchive): Promise<Archive | null> {
  const { ref, format, requestedName, appendSha } = wanted
  const excluded = (wanted.excluded ?? []).flatMap((place) => cleanPath(place) || [])
  const repository = context.repositories.directory(project.id)
  const path = cleanPath(wanted.path)
  const sha = path === null ? null : await commitOf(context, project.id, ref)
  if (sha === null || path === null) return null
  const isThere = () => hasPath(repository, sha, path)
  if (path !== '' && !(await context.repositories.inTurn(callerOf(context), isThere))) return null
  const named = requestedName === archiveName(project, { ref }) ? false : (appendSha ?? ref !== sha)
  const name = archiveName(project, { ref, sha: named ? sha : null, path })
  const parts = { ...(path === '' ? {} : { path }), ...(excluded.length > 0 ? { excluded } : {}) }
  return { repository, sha, format, name, ...parts }
}

/** As `findArchive`, of a project whose code the viewer may read. */
export async function findArchiveOf(
  context: Context,
  project: Project,
  wanted: WantedArchive,
): Promise<Archive | null> {
  try {
    return await locate(context, project, wanted)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    context.log.error({ err: error, projectId: project.id }, 'a repository is missing or broken')
    return null
  }
}

/** What an archive of that ref is made of. Hidden equals missing, the project as the ref: null for all. */
export async function findArchive(
  context: Context,
  projectPath: string,
  wanted: WantedArchive,
): Promise<Archive | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'code:read', project)) return null
  return findArchiveOf(context, project, wanted)
}
