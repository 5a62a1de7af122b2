import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { type AssetLinkNode, numberedLinks } from '../../../modules/assets/asset-loaders.ts'
import { findLink } from '../../../modules/assets/find-link.ts'
import { createLink, deleteLink, updateLink } from '../../../modules/assets/link-service.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { integer, optional, storedText } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { assertCan, assertMayChange, getProject, getRelease } from '../kit/subjects.ts'
import { LinkBody, linkTypes } from './present-link.ts'
import { shownLinks } from './release-documents.ts'
import { linkPathFields, projectId, storedPath, tagName } from './release-input.ts'

const rest = endpointsOf('Release links')
const LINKS = '/projects/:id/releases/:tag_name/assets/links'
const LINK = `${LINKS}/:link_id`

const releaseKey = { id: projectId, tag_name: tagName }
const linkKey = { ...releaseKey, link_id: integer().describe('The number of the link.') }
const linkType = optional(z.enum(linkTypes))

type LinkKey = { id: string; tag_name: string; link_id: number }

/** A viewer who may not learn tags finds a link by its number alone, whatever tag the path names. */
const withTag = ({ viewer }: Context, project: Project, tag: string) =>
  can(viewer, 'code:read', project) ? { tag } : {}

async function getLink(context: Context, { id, tag_name, link_id }: LinkKey): Promise<AssetLinkNode> {
  const project = await getProject(context, id, 'release:read')
  const release = { projectId: project.id, ...withTag(context, project, tag_name) }
  const link = orNotFound(await findLink(link_id, release))
  return { ...link, release: { ...link.release, project } }
}

/** Refuses a viewer who may not write before it looks up the tag, because an answer that depends on the tag would reveal tags. */
async function getReleaseToChange(context: Context, { id, tag_name }: { id: string; tag_name: string }) {
  const project = await getProject(context, id, 'release:read')
  assertCan(context, 'code:read', project)
  const release = await getRelease(context, project, tag_name)
  await assertMayChange(context, 'release:update', release)
  return release
}

const list = rest.get(LINKS, {
  summary: 'The links of a release',
  description:
    'Viewers who may read releases but not learn tags get an empty list for every tag. They find the links in the list of ' +
    'releases.',
  input: z.object({ ...releaseKey, ...pageFields }),
  answers: { 200: z.array(LinkBody) },
  handle: async (call) => {
    const { context, input } = call
    const project = await getProject(context, input.id, 'release:read')
    if (!can(context.viewer, 'code:read', project)) return answerPage(call, pageOf<never>([], input))
    const release = await getRelease(context, project, input.tag_name)
    return answerPage(call, await shownLinks.page(context, await numberedLinks(context, release, input)))
  },
})

const single = rest.get(LINK, {
  summary: 'A link of a release',
  input: z.object(linkKey),
  answers: { 200: LinkBody },
  handle: async ({ context, input }) => await shownLinks.one(context, await getLink(context, input)),
})

const create = rest.post(LINKS, {
  summary: 'Add a link to a release',
  input: z.object({
    ...releaseKey,
    name: storedText('name'),
    url: storedText('url').describe('An absolute URL with http, https or ftp.'),
    ...linkPathFields,
    link_type: linkType.describe('`other` without it.'),
  }),
  ability: 'release:update',
  answers: { 201: LinkBody },
  violations: 'list',
  handle: async ({ context, input }) => {
    const { project, tag: tagName } = await getReleaseToChange(context, input)
    const values = { name: input.name, url: input.url, filepath: storedPath(input) ?? null }
    const linkType = input.link_type ?? 'other'
    const link = await createLink(context, { projectPath: project.fullPath, tagName, ...values, linkType })
    return await shownLinks.one(context, link)
  },
})

const update = rest.put(LINK, {
  summary: 'Change a link',
  description: 'A parameter that is absent leaves its value as it is.',
  input: z
    .object({
      ...linkKey,
      name: storedText('name').nullish(),
      url: storedText('url').nullish(),
      ...linkPathFields,
      link_type: linkType,
    })
    .refine(
      ({ name, url }) => name != null || url != null,
      'name, url are missing, at least one parameter must be provided',
    ),
  ability: 'release:update',
  answers: { 200: LinkBody },
  violations: 'list',
  handle: async ({ context, input }) => {
    await getReleaseToChange(context, input)
    const { id } = await getLink(context, input)
    const changes = { name: input.name ?? undefined, url: input.url ?? undefined, filepath: storedPath(input) }
    const link = await updateLink(context, { id, ...changes, linkType: input.link_type ?? undefined })
    return await shownLinks.one(context, link)
  },
})

const remove = rest.delete(LINK, {
  summary: 'Delete a link',
  input: z.object(linkKey),
  ability: 'release:update',
  answers: { 200: LinkBody },
  handle: async ({ context, input }) => {
    await getReleaseToChange(context, input)
    const link = await getLink(context, input)
    const body = await shownLinks.one(context, link)
    await deleteLink(context, { id: link.id })
    return body
  },
})

export const linkEndpoints = [list, single, create, update, remove]
