import { createHash } from 'node:crypto'
import type { Issue, Milestone, Project, Release } from '../../generated/prisma/client.ts'
import { titleOf } from '../releases/release-title.ts'

export type IssueRow = Pick<Issue, 'id' | 'projectId' | 'title' | 'state' | 'confidential' | 'dueDate'> & {
  author: { name: string } | null
}
export type MilestoneRow = Pick<
  Milestone,
  'id' | 'title' | 'description' | 'state' | 'iid' | 'createdAt' | 'dueDate'
> & { issues: readonly IssueRow[] }
export type ReleaseRow = Pick<Release, 'id' | 'tag' | 'name' | 'description' | 'createdAt'> & {
  project: Pick<Project, 'id' | 'name' | 'description' | 'createdAt'>
  milestones: readonly MilestoneRow[]
  reportArtifacts: readonly { id: number; fileName: string; size: number; sha256: string; url: string }[]
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The `typ` in the header of the signature. */
export const EVIDENCE_TYPE = 'evidence+jws'

const timestamp = (time: Date) => time.toISOString()
const date = (day: Date | null) => day?.toISOString().slice(0, 10) ?? null

// Sorted, so that the same rows give the same document in whatever order the database returns them.
const byId = <Row extends { id: number }>(rows: readonly Row[]) => rows.toSorted((a, b) => a.id - b.id)

const snapshotOfIssue = (issue: IssueRow) => ({
  id: issue.id,
  title: issue.title,
  author_name: issue.author?.name ?? null,
  state: issue.state,
  due_date: date(issue.dueDate),
})

/** A group's milestone also has issues of other projects, which readers of this project may not see. */
const isShown = (issue: IssueRow, projectId: number) => !issue.confidential && issue.projectId === projectId

const snapshotOfMilestone = (milestone: MilestoneRow, projectId: number) => ({
  id: milestone.id,
  title: milestone.title,
  description: milestone.description,
  state: milestone.state,
  iid: milestone.iid,
  created_at: timestamp(milestone.createdAt),
  due_date: date(milestone.dueDate),
  issues: byId(milestone.issues)
    .filter((issue) => isShown(issue, projectId))
    .map(snapshotOfIssue),
})

/** Has the digest of the file, so that the signature covers the content of the file too. The size is in bytes. */
const snapshotOfArtifact = ({ url, fileName, size, sha256 }: ReleaseRow['reportArtifacts'][number]) => ({
  url,
  file_name: fileName,
  size,
  sha256,
})

/** What a release was at this moment (docs/contract/evidence.md#the-document). */
export function snapshotOf({ project, milestones, reportArtifacts, ...release }: ReleaseRow) {
  return {
    release: {
      id: release.id,
      tag_name: release.tag,
      name: titleOf(release),
      description: release.description,
      created_at: timestamp(release.createdAt),
      project: {
        id: project.id,
        name: project.name,
        description: project.description,
        created_at: timestamp(project.createdAt),
      },
      milestones: byId(milestones).map((milestone) => snapshotOfMilestone(milestone, project.id)),
      report_artifacts: byId(reportArtifacts).map(snapshotOfArtifact),
    },
  }
}

/**
 * RFC 8785: no blanks, keys sorted by their UTF-16 code units, strings and numbers as JSON.stringify writes them. The text is put
 * together here, because an object would move keys that look like numbers to its beginning.
 */
export function canonicalJson(value: Json): string {
  // JSON.parse reads 1e999 as Infinity, and JSON.stringify would write Infinity as null.
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('a number is too large')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: object): value is readonly Json[] => Array.isArray(value)

/** The SHA-256 of a text in UTF-8, in lower-case hex. */
export const digestOfText = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

export const digestOf = (document: Json): string => digestOfText(canonicalJson(document))
