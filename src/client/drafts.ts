import { z } from 'zod'
import { PAGE_INFO, pageOf, type RowsUpTo, readUpTo } from './all-rows.ts'
import { askProject, project } from './ask-project.ts'
import { sendOfTag } from './releases.ts'
import { mutation } from './send-mutation.ts'
import type { Target } from './server-connection.ts'

const Draft = z.object({ tagName: z.string(), name: z.string(), releasedAt: z.string().nullable() })
const DRAFT_FIELDS = 'tagName name releasedAt'
const DRAFT = `draft { ${DRAFT_FIELDS} }`

export type Draft = z.output<typeof Draft>

const draftCreate = mutation('releaseCreate', DRAFT, Draft)
const draftUpdate = mutation('releaseDraftUpdate', DRAFT, Draft)
const draftDelete = mutation('releaseDraftDelete', DRAFT, Draft)

const draftsPage = {
  document: `query drafts($project: ID!, $first: Int!, $after: String) {
    project(fullPath: $project) {
      draftReleases(first: $first, after: $after) { count nodes { ${DRAFT_FIELDS} } ${PAGE_INFO} }
    }
  }`,
  data: project({ draftReleases: pageOf(Draft).extend({ count: z.number() }) }),
}

export const listDrafts = (target: Target, limit: number): Promise<RowsUpTo<Draft>> =>
  readUpTo(limit, async (page) => (await askProject(target, draftsPage, page)).draftReleases)

export const createDraft = (target: Target, tagName: string, values: object) =>
  sendOfTag(target, draftCreate, tagName, { ...values, draft: true })
export const updateDraft = (target: Target, tagName: string, changes: object) =>
  sendOfTag(target, draftUpdate, tagName, changes)
export const deleteDraft = (target: Target, tagName: string) => sendOfTag(target, draftDelete, tagName)
