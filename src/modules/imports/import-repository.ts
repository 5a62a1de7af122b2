import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import { parseProjectPath } from '../../foundation/project-path.ts'
import type { Visibility } from '../../generated/prisma/client.ts'
import { mirrorRepository, repositoryDirectory } from '../../git/mirror-repository.ts'
import { assertPathIsFree, createProjectAt, findProjectId } from '../projects/project-service.ts'
import { withLock } from './lock.ts'
import { readSourceTags, type SkippedTag } from './source-tags.ts'
import { writeReleases } from './write-releases.ts'

export type ImportInput = {
  projectPath: string
  /** A local path, or a http(s), ssh or git URL. */
  source: string
  repositoriesDir: string
  /** The username of the author of new releases. Absent: they have no author. */
  author?: string
  /** The visibility of the project and of the groups above it, if the import creates them. Absent: private. */
  visibility?: Visibility
  onProgress?: (line: string) => void
}

export type ImportSummary = {
  created: number
  updated: number
  unchanged: number
  /** The tags of releases that the source does not have any more. The releases are kept. */
  vanished: string[]
  /** The tags whose message was too long for release notes and was cut. */
  cut: string[]
  skipped: SkippedTag[]
}

type Mirrored = { projectId: number; tagNames: string[] }

async function findAuthorId(username: string | undefined): Promise<number | null> {
  if (username === undefined) return null
  const user = await db.user.findFirst({ where: { username } })
  if (!user) throw new AppError('NOT_FOUND', `There is no user '${username}'`)
  return user.id
}

/** Reads the source before it writes anything, so that a source that cannot be read leaves nothing behind. */
async function mirrorIntoNewProject(segments: string[], input: ImportInput): Promise<Mirrored> {
  const { source, repositoriesDir, visibility = 'private', onProgress } = input
  await assertPathIsFree(db, segments)
  let folder = path.join(repositoriesDir, `incoming-${randomUUID()}.git`)
  try {
    const tagNames = await mirrorRepository(source, folder, onProgress)
    const project = await db.$transaction(async (tx) => {
      const created = await createProjectAt(tx, { segments, visibility })
      const directory = repositoryDirectory(repositoriesDir, created.id)
      await rename(folder, directory).catch(refuseToReplace(directory))
      folder = directory
      return created
    })
    return { projectId: project.id, tagNames }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** The folder would be the repository of a project of another database, or of a deleted project. */
const refuseToReplace = (directory: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  throw new AppError('CONFLICT', `${directory} exists, but belongs to no project of this database: move it away`)
}

async function mirror(segments: string[], input: ImportInput): Promise<Mirrored> {
  const projectId = await findProjectId(db, segments.join('/'))
  if (projectId === null) return mirrorIntoNewProject(segments, input)
  const directory = repositoryDirectory(input.repositoriesDir, projectId)
  return { projectId, tagNames: await mirrorRepository(input.source, directory, input.onProgress) }
}

async function importReleases(
  { projectId, tagNames }: Mirrored,
  authorId: number | null,
  { repositoriesDir, onProgress }: ImportInput,
): Promise<ImportSummary> {
  const { tags, skipped } = await readSourceTags(repositoryDirectory(repositoriesDir, projectId), tagNames)
  const known = await db.release.findMany({ where: { projectId }, select: { id: true, tag: true, sha: true } })
  const onBatch = (done: number) => onProgress?.(`Writing releases: ${done}`)
  const written = await writeReleases(known, { projectId, authorId, tags, onBatch })
  const atSource = new Set(tagNames)
  const vanished = known.map(({ tag }) => tag).filter((tag) => !atSource.has(tag))
  return { ...written, vanished: vanished.sort(), skipped }
}

/**
 * Mirrors a repository into a project, with a release for each tag. Creates the project if it is missing. It may be repeated:
 * then new tags give new releases, and moved tags change their releases. Everything else stays, even if the source does not have
 * it any more.
 */
export async function importRepository(input: ImportInput): Promise<ImportSummary> {
  const segments = parseProjectPath(input.projectPath)
  const authorId = await findAuthorId(input.author)
  const refuse = () => {
    throw new AppError('CONFLICT', `Another import into '${input.projectPath}' is running`)
  }
  const work = async () => importReleases(await mirror(segments, input), authorId, input)
  return withLock(`import ${input.projectPath.toLowerCase()}`, work, refuse)
}
