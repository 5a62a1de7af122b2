import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import { parseProjectPath } from '../../foundation/project-path.ts'
import type { Project, Visibility } from '../../generated/prisma/client.ts'
import { mirrorRepository } from '../../git/mirror-repository.ts'
import type { GitSource } from '../../git/remote-repository.ts'
import { ensureGroup } from '../groups/create-group.ts'
import { findGroupAt } from '../groups/find-group.ts'
import { makeProject } from '../projects/create-project.ts'
import { findProjectAt, getProjectFor } from '../projects/find-project.ts'
import { getUser } from '../users/find-user.ts'
import { type ImportedReleases, importReleases } from './import-releases.ts'
import { withLock } from './lock.ts'
import { readSourceTags, type SkippedTag } from './source-tags.ts'

export type ImportInput = {
  projectPath: string
  /** A local path, or a http(s), ssh or git URL. Or another server's repository, with the settings to fetch from it. */
  source: string | GitSource
  /** The username of the author of new releases. Absent: the viewer. */
  author?: string | undefined
  onProgress?: ((line: string) => void) | undefined
  /** The visibility of the project and of the groups above it, if the import creates them. */
  visibility?: Visibility | undefined
  name?: string | undefined
  description?: string | undefined
}

export type ImportSummary = Omit<ImportedReleases, 'refused'> & { skipped: SkippedTag[] }

type Mirrored = { project: Project; tagNames: string[] }

async function findAuthorId({ viewer }: Context, username: string | undefined): Promise<number | null> {
  if (username === undefined) return viewer.user?.id ?? null
  return (await getUser(username)).id
}

/** Throws when the path is the path of a group, or when a project is in the place of a group above. */
async function assertPathIsFree(segments: readonly string[]): Promise<void> {
  const path = segments.join('/')
  if (await findGroupAt(path)) throw new AppError('CONFLICT', `'${path}' is a group, not a project`)
  for (let length = 2; length < segments.length; length++) {
    const above = segments.slice(0, length).join('/')
    if (await findProjectAt(above)) {
      throw new AppError('CONFLICT', `'${above}' is a project, so '${path}' cannot be in it`)
    }
  }
}

/** Reads the source before it writes anything, so that a source that cannot be read leaves nothing behind. */
async function mirrorIntoNewProject(context: Context, segments: string[], input: ImportInput): Promise<Mirrored> {
  const { source, onProgress, visibility, name, description } = input
  await assertPathIsFree(segments)
  const [groupPath, path] = [segments.slice(0, -1).join('/'), segments.at(-1) ?? '']
  const folder = `${context.repositories.directory(0)}.incoming-${randomUUID()}`
  try {
    const tagNames = await mirrorRepository(source, folder, onProgress)
    await ensureGroup(context, groupPath, visibility)
    const values = { groupPath, path, name, description, visibility }
    return { project: await makeProject(context, values, (directory) => rename(folder, directory)), tagNames }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Fetches into the project, which is created if it is missing. */
export async function mirrorIntoProject(context: Context, input: ImportInput): Promise<Mirrored> {
  const segments = parseProjectPath(input.projectPath)
  const fullPath = segments.join('/')
  if (!(await findProjectAt(fullPath))) return mirrorIntoNewProject(context, segments, input)
  const project = await getProjectFor(context, 'release:create', fullPath)
  const directory = context.repositories.directory(project.id)
  return { project, tagNames: await mirrorRepository(input.source, directory, input.onProgress) }
}

/** Does the work while nobody else imports into the project. */
export function importAlone<T>(projectPath: string, work: () => Promise<T>): Promise<T> {
  return withLock(`import ${projectPath.toLowerCase()}`, work, () => {
    throw new AppError('CONFLICT', `Another import into '${projectPath}' is running`)
  })
}

/**
 * Mirrors a repository into a project, with a release for each tag. Creates the project if it is missing. It may be repeated:
 * then new tags give new releases, and moved tags change their releases. Everything else stays, even if the source does not have
 * it any more.
 */
export async function importRepository(context: Context, input: ImportInput): Promise<ImportSummary> {
  parseProjectPath(input.projectPath)
  const authorId = await findAuthorId(context, input.author)
  const work = async () => {
    const { project, tagNames } = await mirrorIntoProject(context, input)
    const { tags, skipped } = await readSourceTags(context.repositories.directory(project.id), tagNames)
    const { refused, ...imported } = await importReleases(context, { project, tagNames, tags, authorId, ...input })
    return { ...imported, skipped: [...skipped, ...refused] }
  }
  return importAlone(input.projectPath, work)
}
