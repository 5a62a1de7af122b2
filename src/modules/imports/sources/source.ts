import { z } from 'zod'
import { AppError } from '../../../foundation/errors.ts'
import { MAX_INTEGER } from '../../../foundation/limits.ts'
import type { IssueState, LinkType, MilestoneState } from '../../../generated/prisma/client.ts'
import { RemoteRefusal, type RemoteServer } from '../../../outgoing/remote-server.ts'

export const sourceKinds = ['gitlab', 'github', 'gitea'] as const
export type SourceKind = (typeof sourceKinds)[number]

export type SourceMilestone = {
  /** Null at a source whose milestones have no numbers within the project. */
  iid: number | null
  title: string
  description: string | null
  state: MilestoneState
  startDate: Date | null
  dueDate: Date | null
}

/** An issue of a milestone. */
export type SourceIssue = {
  iid: number
  title: string
  description: string | null
  state: IssueState
  confidential: boolean
  milestone: string
  dueDate: Date | null
}

export type SourceRelease = {
  tag: string
  name: string | null
  description: string | null
  releasedAt: Date
  /** What the source says. Null: nobody there said anything, and the version decides. Absent: the source does not tell. */
  prerelease?: boolean | null
  /** Whether somebody marked it as the latest of its project. */
  isLatest?: boolean
  /** The branch or commit from which the tag of a draft is to be made. Absent: the release is published. */
  draftOf?: string | null
  milestones: string[]
  /** The oldest first. */
  links: { name: string; url: string; filepath: string | null; linkType: LinkType }[]
}

export type SourceProtectedTag = { name: string; createAccessLevel: number }

export type SourcePackageFile = {
  packageName: string
  packageVersion: string
  fileName: string
  hidden: boolean
  /** In lower-case hex. Null when the source does not tell it. */
  sha256: string | null
}

/** The number stays when the project is renamed. The path is as the source spells it now. */
export type SourceIdentity = { id: number; path: string }

/** Takes what cannot come along, in words for people. */
export type Leave = (what: string, reason: string) => void

const SHOWN = 5

/** The first of the names. */
export const inShort = (names: readonly string[]): string => {
  const more = names.length - SHOWN
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** What the project has at the source, oldest first, a page at a time. */
export type ImportSource = {
  gitUrl: string
  /** Throws when there is no such project, or the token may not read it. */
  identify: () => Promise<SourceIdentity>
  milestones: () => AsyncIterable<SourceMilestone[]>
  issues: () => AsyncIterable<SourceIssue[]>
  /** The milestones of groups that the issues and releases have which were read since the last call. */
  groupMilestones: () => SourceMilestone[]
  releases: () => AsyncIterable<SourceRelease[]>
  /** A release as earlier versions have read it. */
  formerRelease: (row: SourceRelease) => SourceRelease
  protectedTags: () => AsyncIterable<SourceProtectedTag[]>
  packageFiles: () => AsyncIterable<SourcePackageFile[]>
  /** The address of a file below the server's API, if the project has this path. */
  packageFilePath: (file: SourcePackageFile, path?: string) => string
  /** The addresses with which links to the files of these packages begin, if the project has these names. */
  packageUrls: (names: readonly (string | number)[]) => string[]
}

export type SourceProject = { server: RemoteServer; from: URL; path: string; leave: Leave }

/** A number within the project. */
export const number = z.int().min(1).max(MAX_INTEGER)
/** Other years come from a faulty tool, and not every column, driver and format can hold them. */
export const time = z
  .string()
  .regex(/^(?!0000)\d{4}-\d{2}-\d{2}/)
  .pipe(z.coerce.date())

const PER_PAGE = 50
/** More than any real project has, and an end for a source that never ends. */
const MAX_PAGES = 4000

/** All pages of a list, until one is empty, because the three kinds of sources tell the last page in different ways. */
export async function* pagesOf(server: RemoteServer, path: string, size = 'per_page'): AsyncGenerator<unknown> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const rows = await server.json(`${path}${path.includes('?') ? '&' : '?'}page=${page}&${size}=${PER_PAGE}`)
    if (Array.isArray(rows) && rows.length === 0) return
    yield rows
  }
  throw new AppError('INVALID', `The source has more than ${MAX_PAGES * PER_PAGE} rows in one list`)
}

/** A list that the project may have switched off, or that the token may not read, is left out. */
export async function* ifReadable<Row>(rows: AsyncIterable<Row[]>, what: string, leave: Leave): AsyncGenerator<Row[]> {
  try {
    yield* rows
  } catch (error) {
    if (!(error instanceof RemoteRefusal) || ![401, 403, 404].includes(error.status)) throw error
    leave(what, `the source answers ${error.status}, so the token may not read them, or the project has none`)
  }
}

/** GitLab calls the path otherwise than GitHub and Gitea. */
const Identity = z.object({ id: z.int(), path_with_namespace: z.string().nullish(), full_name: z.string().nullish() })

export async function identifyProject({ server, from, path }: SourceProject, address: string): Promise<SourceIdentity> {
  const answer = await server.json(address).catch((error) => {
    if (!(error instanceof RemoteRefusal)) throw error
    if (error.status === 401) throw new AppError('INVALID', `${from.origin} does not accept the token`)
    if (error.status !== 404 && error.status !== 403) throw error
    throw new AppError('INVALID', `${from.origin} has no project '${path}', or the token may not read it`)
  })
  const { id, path_with_namespace: known, full_name: fullName } = Identity.parse(answer)
  return { id, path: known ?? fullName ?? path }
}
