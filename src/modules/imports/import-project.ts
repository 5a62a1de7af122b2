import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Visibility } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'
import { remoteSource } from '../../git/remote-repository.ts'
import { addressesOf, type Reachable } from '../../outgoing/reachable.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { bring, type Run, type SourceNames } from './bring.ts'
import { afterGroupMilestones, bringMilestones } from './bring-milestones.ts'
import { bringReleases } from './bring-releases.ts'
import { type ImportProgress, leave, newProgress } from './import-progress.ts'
import { importAlone, mirrorIntoProject } from './import-repository.ts'
import { reportLfsObjects, reportUploads } from './report-left-files.ts'
import { type OpenedSource, openSource, parseSourceAddress, type SourceAddress } from './sources/open-source.ts'
import type { SourceIdentity } from './sources/source.ts'
import { writePackageFile } from './write-package-file.ts'
import { writeIssue, writeProtectedTag } from './write-planning.ts'

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

function namesOf(address: SourceAddress, { id, path }: SourceIdentity): SourceNames {
  const { host, pathname, href } = parseSourceAddress(address)
  const paths = [...new Set([address.path, path])]
  const key = `${host}${pathname.replace(/\/$/, '')} ${id}`
  return { id, paths, key, formerKeys: paths.map((one) => `${href} ${one}`) }
}

/** Everything but the repository. Protected tags come last, because they may refuse the releases that come with them. */
async function bringAll(run: Run, source: OpenedSource, { storage }: ImportParts): Promise<void> {
  const { project, progress } = run
  await bringMilestones(run, source)
  await bring(run, {
    subject: 'issue',
    pages: afterGroupMilestones(run, source, source.issues()),
    keyOf: ({ iid }) => `#${iid}`,
    write: (context, row, isKnown) => writeIssue(context, row, { project, isKnown, leave: leave.bind(null, progress) }),
  })
  await bring(run, {
    subject: 'package_file',
    pages: source.packageFiles(),
    keyOf: ({ packageName, packageVersion, fileName }) => `${packageName}/${packageVersion}/${fileName}`,
    formerly: (row) => run.source.paths.map((path) => ({ ...row, path: source.packageFilePath(row, path) })),
    write: (context, row) =>
      writePackageFile(context, row, { project, storage, read: () => source.readFile(source.packageFilePath(row)) }),
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
  const names = namesOf(address, await source.identify())
  const url = new URL(source.gitUrl)
  const remote = { url, addresses: await addressesOf(url, mayReach), token: address.token, signal }
  const mirrored = { projectPath, source: await remoteSource(remote), visibility, onProgress: onLine }
  const { project } = await mirrorIntoProject(await renew(), mirrored)
  progress.step = 'releases and what belongs to them'
  const run: Run = { project, source: names, progress, tell, renew, signal }
  await bringAll(run, source, parts)
  await reportLfsObjects(run, (await renew()).repositories.directory(project.id))
  await reportUploads(run)
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
