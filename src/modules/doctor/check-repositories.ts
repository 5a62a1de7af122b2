import { opendir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { db } from '../../database/db.ts'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { inParallel } from '../../foundation/in-parallel.ts'
import { assertRepository } from '../../git/assert-repository.ts'
import { GitError } from '../../git/git.ts'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import { resolvable } from '../../git/resolve-names.ts'
import { listReleasedTags, type ReleasedTags, readReleasedTags } from '../backups/released-tags.ts'
import { type DoctorParts, YOUNG_MS } from './finding.ts'

const AT_A_TIME = 2
/** A repository that is being fetched from another server has no row yet, and may take hours. */
const LONGEST_FETCH_MS = 24 * 60 * 60_000

const pathOf = async (id: number) => (await db.project.findUnique({ where: { id } }))?.fullPath ?? null

async function checkTags(parts: DoctorParts, directory: string, { id, tags }: ReleasedTags): Promise<void> {
  const wanted = [...tags].flatMap(([tag, sha]) => [
    { tag, name: `refs/tags/${tag}^{commit}`, what: `the tag ${tag}` },
    ...(sha === null ? [] : [{ tag, name: `${sha}^{commit}`, what: `the commit ${sha} of the release ${tag}` }]),
  ])
  const found = await resolvable(
    directory,
    wanted.map(({ name }) => name),
  )
  for (const [at, { tag, what }] of wanted.entries()) {
    if (found[at]) continue
    // The release may have been deleted with its tag since the list was made.
    const release = await db.release.findFirst({ where: { projectId: id, tag }, include: { project: true } })
    if (release) parts.report({ kind: 'missing', what: `${what} in ${release.project.fullPath}`, mended: false })
  }
}

async function checkRepository(parts: DoctorParts, project: ReleasedTags): Promise<void> {
  const directory = repositoryDirectory(parts.repositoriesDir, project.id)
  try {
    await assertRepository(directory)
    await checkTags(parts, directory, project)
  } catch (error) {
    const fullPath = error instanceof GitError ? await pathOf(project.id) : null
    if (!(error instanceof GitError)) throw error
    // It may have been removed since the list was made.
    if (fullPath === null) return
    parts.report({
      kind: 'missing',
      what: `the repository ${project.id}.git of ${fullPath}: ${error.message}`,
      mended: false,
    })
  }
}

/** What git itself has found in its weekly verification. */
async function reportDamaged({ report }: DoctorParts): Promise<void> {
  const where = { problem: { not: null } }
  const rows = await db.repositoryCheck.findMany({ where, include: { project: true }, orderBy: { projectId: 'asc' } })
  for (const { projectId, problem, project } of rows) {
    const what = `the repository ${projectId}.git of ${project.fullPath}: ${problem?.split('\n', 1)[0]}`
    report({ kind: 'damaged', what, mended: false })
  }
}

async function youngest(folder: string): Promise<number> {
  const places = [folder, path.join(folder, 'refs'), path.join(folder, 'objects'), path.join(folder, 'objects', 'pack')]
  const found = await Promise.all(places.map((place) => stat(place).catch(nullIfMissing)))
  return Math.max(0, ...found.map((one) => one?.mtimeMs ?? 0))
}

/** Folders of no project, and beginnings of imports that were killed. */
async function checkFolders({ repositoriesDir, mends, report }: DoctorParts): Promise<void> {
  const folder = await opendir(repositoriesDir).catch(nullIfMissing)
  for await (const { name } of folder ?? []) {
    const [, id, incoming] = /^(\d{1,9})\.git(\.incoming-.+)?$/.exec(name) ?? []
    if (id === undefined) continue
    const directory = path.join(repositoriesDir, name)
    const age = Date.now() - (await youngest(directory))
    if (age < (incoming ? LONGEST_FETCH_MS : YOUNG_MS)) continue
    if (!incoming && (await pathOf(Number(id))) !== null) continue
    if (mends) await rm(directory, { recursive: true, force: true })
    report({ kind: 'orphaned', what: `the repository ${name}`, mended: mends })
  }
}

/** Compares projects and releases with the repositories, both ways. Returns how many projects there are. */
export async function checkRepositories(parts: DoctorParts): Promise<number> {
  const list = path.join(parts.scratch, 'released')
  await listReleasedTags(parts.client, list)
  let count = 0
  await inParallel(readReleasedTags(list), AT_A_TIME, async (project) => {
    parts.show(`repository ${++count}`)
    await checkRepository(parts, project)
  })
  await reportDamaged(parts)
  await checkFolders(parts)
  return count
}
