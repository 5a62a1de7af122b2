import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Project, Visibility } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'
import { remoteSource } from '../../git/remote-repository.ts'
import { addressesOf, type Reachable } from '../../outgoing/reachable.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { bring, type Run } from './bring.ts'
import { type ImportProgress, leave, newProgress } from './import-progress.ts'
import { importAlone, mirrorIntoProject } from './import-repository.ts'
import { type OpenedSource, openSource, parseSourceAddress, type SourceAddress } from './sources/open-source.ts'
import type { SourceRelease } from './sources/source.ts'
import { writePackageFile } from './write-package-file.ts'
import { writeIssue, writeMilestone, writeProtectedTag } from './write-planning.ts'
import { writeRelease } from './write-release.ts'

export type ProjectImportInput = {
  projectPath: string
  source: SourceAddress
  /** Of a project that the import creates. */
  visibility?: Visibility | undefined
}

export type ImportParts = {
  storage: FileStorage
  mayReach: Reachable
  /** The context with the roles that the viewer has now. */
  renew: () => Promise<Context>
  /** Called with the progress as it is, more often than anybody needs to see. */
  onProgress: (progress: ImportProgress) => Promise<void>
  signal?: AbortSignal | undefined
}

/** A failure of git and an unexpected answer of the source are no faults of this server. */
function asExpected(error: unknown): unknown {
  if (error instanceof GitError) return new AppError('INVALID', error.message)
  if (!(error instanceof z.ZodError)) return error
  const [issue] = error.issues
  const place = issue?.path.filter((part) => typeof part === 'string').join('.')
  return new AppError('INVALID', `The source answers in another form than expected: ${place}: ${issue?.message}`)
}

/** Makes links to the files of imported packages lead to the files of this server. */
async function* withOwnLinks(pages: AsyncIterable<SourceRelease[]>, urls: string[], ownUrl: string) {
  const own = (url: string) => {
    const prefix = urls.find((one) => url.startsWith(one))
    return prefix === undefined ? url : ownUrl + url.slice(prefix.length)
  }
  for await (const page of pages) {
    yield page.map(({ links, ...row }) => ({ ...row, links: links.map((link) => ({ ...link, url: own(link.url) })) }))
  }
}

async function* withCommits(pages: AsyncIterable<SourceRelease[]>, { repositories }: Context, { id }: Project) {
  for await (const page of pages) {
    yield await Promise.all(page.map(async (row) => ({ ...row, sha: await repositories.resolveTag(id, row.tag) })))
  }
}

async function bringReleases(run: Run, source: OpenedSource): Promise<void> {
  const { project, progress } = run
  const context = await run.renew()
  const ownUrl = `${context.baseUrl}/api/v4/projects/${project.id}/packages/generic/`
  const rows = withOwnLinks(source.releases(), await source.packageUrls(), ownUrl)
  const target = { project, leave: leave.bind(null, progress) }
  await bring(run, {
    subject: 'release',
    pages: withCommits(rows, context, project),
    keyOf: ({ tag }) => tag,
    write: (context, row, isKnown) => writeRelease(context, row, { ...target, isKnown }),
  })
}

/** Everything but the repository. Protected tags come last, because they may refuse the releases that come with them. */
async function bringAll(run: Run, source: OpenedSource, { storage }: ImportParts): Promise<void> {
  const { project } = run
  await bring(run, {
    subject: 'milestone',
    pages: source.milestones(),
    keyOf: ({ iid, title }) => (iid === null ? title : String(iid)),
    write: (context, row, isKnown) => writeMilestone(context, row, { project, isKnown }),
  })
  await bring(run, {
    subject: 'issue',
    pages: source.issues(),
    keyOf: ({ iid }) => `#${iid}`,
    write: (context, row, isKnown) => writeIssue(context, row, { project, isKnown }),
  })
  await bring(run, {
    subject: 'package_file',
    pages: source.packageFiles(),
    keyOf: ({ packageName, packageVersion, fileName }) => `${packageName}/${packageVersion}/${fileName}`,
    write: (context, row) => writePackageFile(context, row, { project, storage, readFile: source.readFile }),
  })
  await bringReleases(run, source)
  await bring(run, {
    subject: 'protected_tag',
    pages: source.protectedTags(),
    keyOf: ({ name }) => name,
    write: (context, row) => writeProtectedTag(context, row, project),
  })
}

async function importFrom(input: ProjectImportInput, parts: ImportParts, progress: ImportProgress): Promise<void> {
  const { mayReach, signal, renew, onProgress } = parts
  const { source: address, projectPath, visibility } = input
  const tell = () => onProgress(progress)
  const onLine = (line: string) => {
    progress.step = line
    tell().catch(() => {})
  }
  const source = await openSource(address, { mayReach, signal, leave: leave.bind(null, progress) })
  await source.assertReadable()
  const url = new URL(source.gitUrl)
  const remote = { url, addresses: await addressesOf(url, mayReach), token: address.token, signal }
  const mirrored = { projectPath, source: await remoteSource(remote), visibility, onProgress: onLine }
  const { project } = await mirrorIntoProject(await renew(), mirrored)
  progress.step = 'releases and what belongs to them'
  const sourceName = `${parseSourceAddress(address).href} ${address.path}`
  await bringAll({ project, sourceName, progress, tell, renew, signal }, source, parts)
  progress.step = 'done'
}

/**
 * Imports a project from another server: the repository, then milestones, issues, packages, releases and protected tags. It may be
 * cut off anywhere. Repeated, it writes what is missing, and what has changed at the source.
 */
export async function importProject(input: ProjectImportInput, parts: ImportParts): Promise<ImportProgress> {
  parseSourceAddress(input.source)
  const progress = newProgress()
  await importAlone(input.projectPath, () => importFrom(input, parts, progress)).catch((error) => {
    throw asExpected(error)
  })
  return progress
}
