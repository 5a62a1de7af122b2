import { can } from '../../access/abilities.ts'
import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'
import { hasPath } from '../../git/tree-paths.ts'
import { countLfsObjects } from '../lfs/lfs-objects.ts'
import { findProject } from '../projects/find-project.ts'
import type { SourceFormat } from '../releases/release-urls.ts'
import { type Archive, archiveName } from './archive.ts'

/** Bounded, so that the name of the archive fits into a header. */
const MAX_PATH_BYTES = 1024

/** `a/b` for `/a/b/`, and '' for a path that means everything. Null when no file can have the name. */
function cleanPath(path: string): string | null {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  const clean = segments.join('/')
  return segments.includes('..') || clean.includes('\0') || Buffer.byteLength(clean) > MAX_PATH_BYTES ? null : clean
}

export type WantedArchive = {
  ref: string
  format: SourceFormat
  /** The only file or folder that is wanted; '': everything. */
  path: string
  /** What the client calls the archive. If this is our own name for it, the commit is never a part of the name. */
  requestedName?: string | null
  /** Whether the commit is a part of the name. Null: it is, unless the ref is the commit. */
  appendSha: boolean | null
  excluded?: readonly string[]
  /** Whether pointers of Git LFS stay. Absent: their contents stand in their place. */
  keepsPointers?: boolean
}

/** Projects that have no objects share their archives with `keepsPointers`. */
async function lfsOf({ id }: Project, { keepsPointers = false }: WantedArchive): Promise<Pick<Archive, 'lfs'>> {
  const objects = keepsPointers ? 0 : await countLfsObjects({ id })
  return objects === 0 ? {} : { lfs: { projectId: id, objects } }
}

async function locate(context: Context, project: Project, wanted: WantedArchive): Promise<Archive | null> {
  const { ref, format, requestedName, appendSha } = wanted
  const excluded = (wanted.excluded ?? []).flatMap((place) => cleanPath(place) || [])
  const repository = context.repositories.directory(project.id)
  const path = cleanPath(wanted.path)
  const sha = path === null ? null : await context.repositories.resolveCommit(project.id, ref)
  if (sha === null || path === null) return null
  const isThere = () => hasPath(repository, sha, path)
  if (path !== '' && !(await context.repositories.inTurn(callerOf(context), isThere))) return null
  const named = requestedName === archiveName(project, { ref }) ? false : (appendSha ?? ref !== sha)
  const name = archiveName(project, { ref, sha: named ? sha : null, path })
  const parts = { ...(path === '' ? {} : { path }), ...(excluded.length > 0 ? { excluded } : {}) }
  return { repository, sha, format, name, ...parts, ...(await lfsOf(project, wanted)) }
}

/** Like `findArchive`, for a project whose code the viewer may read. */
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

/** What an archive of a ref is made of. Null for a missing project, a hidden project and a missing ref, which answer alike. */
export async function findArchive(
  context: Context,
  projectPath: string,
  wanted: WantedArchive,
): Promise<Archive | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'code:read', project)) return null
  return findArchiveOf(context, project, wanted)
}
