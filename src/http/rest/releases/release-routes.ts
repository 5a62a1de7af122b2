import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { Prisma, type Release } from '../../../generated/prisma/client.ts'
import { createRelease } from '../../../modules/publishing/create-release.ts'
import { deleteRelease } from '../../../modules/publishing/delete-release.ts'
import { updateRelease } from '../../../modules/publishing/update-release.ts'
import { filterReleases, isFiltered } from '../../../modules/releases/release-filters.ts'
import { findReleaseByTag, type ReleaseNode, releaseColumns } from '../../../modules/releases/release-loaders.ts'
import { projectOrders } from '../../../modules/releases/release-orders.ts'
import { readPage, sortedBy } from '../../../rows/numbered-page.ts'
import { endpoint } from '../kit/endpoint.ts'
import { flag, optional, time } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { forbidden } from '../kit/rest-errors.ts'
import { assertCan, assertMayChange, getProject, getRelease, projectFor } from '../kit/subjects.ts'
import { presentRelease } from './present-release.ts'
import { ReleaseBody } from './release-bodies.ts'
import {
  areExclusive,
  EXCLUSIVE,
  milestoneChoice,
  projectId,
  ReleaseChanges,
  ReleaseInput,
  tagName,
  toLink,
} from './release-input.ts'

const tag = 'Releases'
const RELEASES = '/projects/:id/releases'
const RELEASE = `${RELEASES}/:tag_name`

const html = optional(flag).describe('Whether to add `description_html`.')
const releaseKey = { id: projectId, tag_name: tagName }

const orders = {
  released_at: { desc: projectOrders.RELEASED_AT_DESC, asc: projectOrders.RELEASED_AT_ASC },
  created_at: { desc: projectOrders.CREATED_DESC, asc: projectOrders.CREATED_ASC },
}

const list = endpoint({
  method: 'get',
  path: RELEASES,
  tag,
  summary: 'The releases of a project',
  input: z.object({
    id: projectId,
    order_by: optional(z.enum(['released_at', 'created_at'])).describe('`released_at` without it.'),
    sort: optional(z.enum(['desc', 'asc'])).describe('`desc` without it.'),
    include_html_description: html,
    updated_before: optional(time).describe('Changed before; strict.'),
    updated_after: optional(time).describe('Changed after; strict.'),
    ...pageFields,
  }),
  answers: { 200: z.array(ReleaseBody) },
  find: projectFor('release:read'),
  handle: async (call) => {
    const { input, found: project } = call
    const filters = { updatedBefore: input.updated_before, updatedAfter: input.updated_after }
    const page = await readPage<Release>(
      {
        statement: 'rest.releases',
        columns: releaseColumns,
        from: Prisma.sql`releases r`,
        where: Prisma.sql`r.project_id = ${project.id} ${filterReleases(filters)}`,
        orderBy: sortedBy(orders[input.order_by ?? 'released_at'][input.sort ?? 'desc']),
        ...(isFiltered(filters) ? {} : { count: project.releasesCount }),
      },
      input,
    )
    const options = { html: input.include_html_description ?? false }
    return answerPage(call, page, (release, ofRow) => presentRelease(ofRow, { ...release, project }, options))
  },
})

const single = endpoint({
  method: 'get',
  path: RELEASE,
  tag,
  summary: 'A release',
  input: z.object({ ...releaseKey, include_html_description: html }),
  answers: { 200: ReleaseBody },
  find: projectFor('release:read', 'code:read'),
  handle: async ({ context, input, found: project }) => {
    const release = await getRelease(context, project, input.tag_name)
    return Response.json(await presentRelease(context, release, { html: input.include_html_description ?? false }))
  },
})

const create = endpoint({
  method: 'post',
  path: RELEASES,
  tag,
  summary: 'Publish a release, and make its tag when there is none',
  input: ReleaseInput.refine(areExclusive, EXCLUSIVE),
  ability: 'release:create',
  answers: { 201: ReleaseBody },
  failures: [409, 422],
  find: projectFor('release:read'),
  handle: async ({ context, input, found: project }) => {
    assertCan(context, 'release:create', project)
    const release = await createRelease(context, {
      projectPath: project.fullPath,
      tagName: input.tag_name,
      tagMessage: input.tag_message,
      ref: input.ref,
      name: input.name,
      description: input.description,
      releasedAt: input.released_at,
      milestones: milestoneChoice(input),
      links: (input.assets?.links ?? []).map(toLink),
    })
    return Response.json(await presentRelease(context, release), { status: 201 })
  },
})

/** Who may not change a release does not learn whether there is one. */
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

const update = endpoint({
  method: 'put',
  path: RELEASE,
  tag,
  summary: 'Change a release',
  input: ReleaseChanges.refine(areExclusive, EXCLUSIVE),
  ability: 'release:update',
  answers: { 200: ReleaseBody },
  violations: 'attributes',
  find: projectFor('release:read'),
  handle: async ({ context, input }) => {
    const { project, tag: tagName } = await getReleaseFor(context, input, 'release:update')
    const release = await updateRelease(context, {
      projectPath: project.fullPath,
      tagName,
      name: input.name,
      description: input.description,
      releasedAt: input.released_at ?? undefined,
      milestones: milestoneChoice(input),
    })
    return Response.json(await presentRelease(context, release))
  },
})

const remove = endpoint({
  method: 'delete',
  path: RELEASE,
  tag,
  summary: 'Delete a release; its tag stays',
  input: z.object(releaseKey),
  ability: 'release:delete',
  answers: { 200: ReleaseBody },
  find: projectFor('release:read'),
  handle: async ({ context, input }) => {
    const release = await getReleaseFor(context, input, 'release:delete')
    // As it was: its links and evidence go with it.
    const body = await presentRelease(context, release)
    await deleteRelease(context, { projectPath: release.project.fullPath, tagName: release.tag })
    return Response.json(body)
  },
})

export const releaseEndpoints = [list, single, create, update, remove]
