import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { createRelease } from '../../../modules/publishing/create-release.ts'
import { deleteRelease } from '../../../modules/publishing/delete-release.ts'
import { numberedDrafts } from '../../../modules/publishing/draft-loaders.ts'
import { createDraft } from '../../../modules/publishing/draft-service.ts'
import { updateRelease } from '../../../modules/publishing/update-release.ts'
import { findReleaseByTag, type ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, time } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { forbidden, notFound } from '../kit/rest-errors.ts'
import { assertCan, assertMayChange, getProject, projectFor } from '../kit/subjects.ts'
import { DraftBody, shownDrafts } from './draft-documents.ts'
import { ReleaseBody, toRelease } from './present-release.ts'
import {
  areExclusive,
  EXCLUSIVE,
  linkValuesOf,
  projectId,
  ReleaseChanges,
  ReleaseInput,
  searchFields,
  searchIn,
  tagName,
  valuesOf,
  waybill,
} from './release-input.ts'
import { release, releasePage } from './release-page-documents.ts'
import { writtenRelease } from './written-release.ts'

const rest = endpointsOf('Releases')
const RELEASES = '/projects/:id/releases'
const RELEASE = `${RELEASES}/:tag_name`

const html = optional(flag).describe('Whether to add `description_html`.')
const releaseKey = { id: projectId, tag_name: tagName }

const sorts = {
  released_at: { desc: 'RELEASED_AT_DESC', asc: 'RELEASED_AT_ASC' },
  created_at: { desc: 'CREATED_DESC', asc: 'CREATED_ASC' },
} as const

const list = rest.get(RELEASES, {
  summary: 'The releases of a project',
  input: z.object({
    id: projectId,
    order_by: optional(z.enum(['released_at', 'created_at'])).describe(
      'The time to sort by. `released_at` without it.',
    ),
    sort: optional(z.enum(['desc', 'asc'])).describe('The order. `desc` without it.'),
    include_html_description: html,
    waybill,
    updated_before: optional(time).describe(
      'Only releases that changed before this time. The time itself is excluded.',
    ),
    updated_after: optional(time).describe('Only releases that changed after this time. The time itself is excluded.'),
    drafts: optional(flag).describe(
      'The drafts instead of the releases, the newest first. Needs the role Developer. Not in GitLab.',
    ),
    ...searchFields,
    ...pageFields,
  }),
  answers: { 200: z.array(z.union([ReleaseBody, DraftBody])) },
  find: projectFor('release:read'),
  keptFor: ({ fullPath }) => [fullPath],
  handle: async (call) => {
    const { context, input, found } = call
    if (input.drafts) {
      assertCan(context, 'release:create', found)
      return answerPage(call, await shownDrafts.page(context, await numberedDrafts(context, found, input)))
    }
    const { project } = await releasePage(input)(context, {
      project: found.id,
      number: input.page,
      size: input.per_page,
      sort: sorts[input.order_by ?? 'released_at'][input.sort ?? 'desc'],
      updatedAfter: input.updated_after?.toISOString(),
      updatedBefore: input.updated_before?.toISOString(),
      ...searchIn(input),
    })
    if (!project) throw notFound('Project')
    return answerPage(call, project.page, toRelease)
  },
})

const single = rest.get(RELEASE, {
  summary: 'A release',
  input: z.object({ ...releaseKey, include_html_description: html, waybill }),
  answers: { 200: ReleaseBody },
  find: projectFor('release:read', 'code:read'),
  keptFor: ({ fullPath }) => [fullPath],
  handle: async ({ context, input, found }) => {
    const { project } = await release(input)(context, { project: found.id, tag: input.tag_name })
    if (!project?.release) throw notFound()
    return toRelease(project.release)
  },
})

const create = rest.post(RELEASES, {
  summary: 'Publish a release, and create its tag if the tag does not exist',
  input: ReleaseInput.refine(areExclusive, EXCLUSIVE),
  ability: 'release:create',
  answers: { 201: z.union([ReleaseBody, DraftBody]) },
  failures: [409, 422],
  find: projectFor('release:read'),
  handle: async ({ context, input, found: project }) => {
    assertCan(context, 'release:create', project)
    const values = {
      projectPath: project.fullPath,
      tagName: input.tag_name,
      tagMessage: input.tag_message,
      ref: input.ref,
      generateNotes: input.generate_notes,
      ...valuesOf(input),
      links: (input.assets?.links ?? []).map(linkValuesOf),
    }
    const body = input.draft
      ? await shownDrafts.one(context, await createDraft(context, values))
      : await writtenRelease(context, await createRelease(context, values), input)
    return body
  },
})

/** A viewer who may not change a release does not learn whether the release exists. */
async function getReleaseFor(
  context: Context,
  { id, tag_name }: { id: string; tag_name: string },
  ability: 'release:update' | 'release:delete',
): Promise<ReleaseNode> {
  const project = await getProject(context, id, ability)
  const release = await findReleaseByTag(context, project, tag_name)
  if (!release) throw forbidden()
  await assertMayChange(context, ability, release)
  return release
}

const update = rest.put(RELEASE, {
  summary: 'Change a release',
  input: ReleaseChanges.refine(areExclusive, EXCLUSIVE),
  ability: 'release:update',
  answers: { 200: ReleaseBody },
  violations: 'attributes',
  find: projectFor('release:read'),
  handle: async ({ context, input }) => {
    const { project, tag: tagName } = await getReleaseFor(context, input, 'release:update')
    const updated = await updateRelease(context, {
      projectPath: project.fullPath,
      tagName,
      ...valuesOf(input),
    })
    return await writtenRelease(context, updated, input)
  },
})

const remove = rest.delete(RELEASE, {
  summary: 'Delete a release and keep its tag',
  input: z.object({ ...releaseKey, waybill }),
  ability: 'release:delete',
  answers: { 200: ReleaseBody },
  find: projectFor('release:read'),
  handle: async ({ context, input }) => {
    const found = await getReleaseFor(context, input, 'release:delete')
    // The release is shown as it was, because its links and evidence are deleted with it.
    const body = await writtenRelease(context, found, input)
    await deleteRelease(context, { projectPath: found.project.fullPath, tagName: found.tag })
    return body
  },
})

export const releaseEndpoints = [list, single, create, update, remove]
