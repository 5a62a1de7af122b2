import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/field-place.ts'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { MAX_OBJECT_BYTES } from '../../../git/object-parser.ts'
import { createRefSearch, exactFirst } from '../../../git/ref-search.ts'
import { findTag, listTagRefs, readTags, type Tag } from '../../../git/tags.ts'
import { createRepositoryTag } from '../../../modules/publishing/create-repository-tag.ts'
import { deleteTag } from '../../../modules/pushes/delete-pushed-tag.ts'
import { commitOf } from '../../../modules/releases/commit-loaders.ts'
import { releasesOfTags } from '../../../modules/releases/find-release.ts'
import { sortTags } from '../../../modules/releases/tag-order.ts'
import { readRepository } from '../../../modules/repository/read-repository.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { optional, refSearch, storedText, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { notFound, orNotFound, RestError } from '../kit/rest-errors.ts'
import { assertCan, projectFor } from '../kit/subjects.ts'
import { projectId, tagName } from '../releases/release-input.ts'
import { presentTag, TagBody, type TagNode } from './present-tag.ts'

const rest = endpointsOf('Repository')
const TAGS = '/projects/:id/repository/tags'

/** The same bound as for commits. Nobody writes a longer message by hand. */
const wholeText = {
  skipAbove: MAX_OBJECT_BYTES,
  maxBytes: MAX_OBJECT_BYTES,
  maxCharacters: MAX_OBJECT_BYTES,
  maxTotal: MAX_OBJECT_BYTES,
}
/** With this bound the messages of a page of 100 tags have at most 6.5 million characters. */
const MAX_LISTED_CHARACTERS = 65_536
const listedText = { ...wholeText, maxCharacters: MAX_LISTED_CHARACTERS, maxTotal: Number.POSITIVE_INFINITY }

/** Reads the releases of all tags in one statement. */
async function withReleases(context: Context, project: Project, tags: readonly Tag[]): Promise<TagNode[]> {
  const names = tags.map(({ name }) => name)
  const releases = can(context.viewer, 'release:read', project) ? await releasesOfTags(project, names) : []
  const byTag = new Map(releases.map((release) => [release.tag, release]))
  return tags.map((tag) => ({ ...tag, release: byTag.get(tag.name) ?? null }))
}

/** Stands for bytes that are not UTF-8. A name with this character may stand for several tags, and is the name of none of them. */
const REPLACEMENT = '\uFFFD'

async function listed(context: Context, project: Project, tags: readonly Tag[]): Promise<TagNode[]> {
  const nodes = await withReleases(context, project, tags)
  return nodes.map((node) => (node.name.includes(REPLACEMENT) ? { ...node, release: null } : node))
}

async function getTag(context: Context, project: Project, name: string): Promise<TagNode> {
  const read = readRepository(context, project, (repository) => findTag(repository, name, wholeText))
  const found = orNotFound(await read, 'Tag')
  const [node] = await withReleases(context, project, [found])
  return { ...found, release: node?.release ?? null }
}

const list = rest.get(TAGS, {
  summary: 'The tags of a project, the newest first',
  description: 'A message in the list has at most 65,536 characters. The endpoint for one tag shows the whole message.',
  input: z.object({
    id: projectId,
    order_by: optional(z.enum(['name', 'updated', 'version'])).describe(
      '`updated` without it. `version` is the order of SemVer. Names without a version rank lowest, in the order of the ' +
        'numbers in them.',
    ),
    sort: optional(z.enum(['desc', 'asc'])).describe('`desc` without it.'),
    search: refSearch,
    ...pageFields,
  }),
  answers: { 200: z.array(TagBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const search = input.search ?? ''
    const isSought = createRefSearch(search)
    const matches = ({ name }: { name: string }) => isSought(name)
    const descending = (input.sort ?? 'desc') === 'desc'
    const page = await readRepository(context, project, async (repository) => {
      const all = sortTags((await listTagRefs(repository)).filter(matches), input.order_by ?? 'updated', descending)
      const found = pageOf(exactFirst(all, search), input)
      return { ...found, rows: await readTags(repository, found.rows, listedText) }
    })
    const nodes = { ...page, rows: await listed(context, project, page.rows) }
    return answerPage(call, nodes, (node, ofRow) => presentTag(ofRow, project, node))
  },
})

const single = rest.get(`${TAGS}/:tag_name`, {
  summary: 'A tag',
  input: z.object({ id: projectId, tag_name: tagName }),
  answers: { 200: TagBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found }) =>
    await presentTag(context, found, await getTag(context, found, input.tag_name)),
})

const create = rest.post(TAGS, {
  summary: 'Create a tag',
  input: z.object({
    id: projectId,
    tag_name: text('ref').describe('The name of the new tag.'),
    ref: text('ref').describe('The branch, tag or commit that the tag will point to.'),
    message: storedText('tagMessage').nullish().describe('A message makes the tag annotated.'),
  }),
  ability: 'code:write',
  answers: { 201: TagBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found }) => {
    assertCan(context, 'code:write', found)
    const { tag_name: name, ref, message } = input
    await createRepositoryTag(context, { projectPath: found.fullPath, tagName: name, ref, message })
    return await presentTag(context, found, await getTag(context, found, name))
  },
})

/**
 * Refuses to delete a tag whose commit was authored after `If-Unmodified-Since`, because the tag may have been moved since the
 * client read it.
 */
async function assertUnmodifiedSince({ context, headers }: Call, project: Project, name: string): Promise<void> {
  const since = Date.parse(headers.get('if-unmodified-since') ?? '')
  if (Number.isNaN(since)) return
  const { sha } = await getTag(context, project, name)
  const commit = await commitOf(context, project, sha, () => placeInRest(context, 'commit.message'))
  if (commit && commit.authoredDate.getTime() > since) throw new RestError(412, { message: '412 Precondition Failed' })
}

const remove = rest.delete(`${TAGS}/:tag_name`, {
  summary: 'Delete a tag and its release',
  description:
    'The rules of a push apply. A protected tag may be deleted only by accounts that may create it. Deleting a tag with a ' +
    'release needs the role Maintainer. A tag is not deleted if its commit was authored after the time in ' +
    '`If-Unmodified-Since` (412).',
  input: z.object({ id: projectId, tag_name: tagName }),
  ability: 'code:write',
  answers: { 204: null },
  failures: [412],
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found } = call
    assertCan(context, 'code:write', found)
    await assertUnmodifiedSince(call, found, input.tag_name)
    await deleteTag(context, found, input.tag_name).catch((error) => {
      throw error instanceof RuleViolation && error.code === 'NOT_FOUND' ? notFound('Tag') : error
    })
  },
})

export const tagEndpoints = [list, single, create, remove]
