import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { type ProtectedTagNode, protectedTagsOf } from '../../../modules/protected-tags/protected-tag-loaders.ts'
import { createProtectedTag, deleteProtectedTag } from '../../../modules/protected-tags/protected-tag-service.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { integer, listOf, optional, storedText, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { ProtectedTagBody, shownProtectedTags } from './protected-tag-documents.ts'

const rest = endpointsOf('Protected tags')
const TAGS = '/projects/:id/protected_tags'
const TAG = `${TAGS}/:name`

const tagKey = { id: projectId, name: text('tag').describe('The encoded name or pattern, such as `v*`.') }

async function getTag(context: Context, project: Project, name: string): Promise<ProtectedTagNode> {
  const tags = await protectedTagsOf(context, project)
  return orNotFound(tags.find((tag) => tag.name === name))
}

const list = rest.get(TAGS, {
  summary: 'The protected tags of a project, by name',
  input: z.object({ id: projectId, ...pageFields }),
  answers: { 200: z.array(ProtectedTagBody) },
  find: projectFor('protected-tag:read'),
  handle: async (call) => {
    const page = pageOf(await protectedTagsOf(call.context, call.found), call.input)
    return answerPage(call, await shownProtectedTags.page(call.context, page))
  },
})

const single = rest.get(TAG, {
  summary: 'A protected tag',
  input: z.object(tagKey),
  answers: { 200: ProtectedTagBody },
  find: projectFor('protected-tag:read'),
  handle: async ({ context, input, found }) =>
    await shownProtectedTags.one(context, await getTag(context, found, input.name)),
})

const Level = z.object({
  access_level: optional(integer()),
  user_id: optional(integer()),
  group_id: optional(integer()),
  deploy_key_id: optional(integer()),
})

const create = rest.post(TAGS, {
  summary: 'Protect the tags with a name or a pattern',
  input: z.object({
    id: projectId,
    name: storedText('tag').describe('The name of a tag, or a pattern in which `*` stands for any characters.'),
    create_access_level: optional(integer()).describe(
      'The role that may create such tags: 30 for Developers, 40 for Maintainers, 0 for nobody. 40 without it, if ' +
        '`allowed_to_create` is empty.',
    ),
    allowed_to_create: optional(listOf(Level)).describe(
      'Who may create such tags. Each item has exactly one of its four keys.',
    ),
  }),
  ability: 'protected-tag:write',
  answers: { 201: ProtectedTagBody },
  failures: [409],
  find: projectFor('protected-tag:write'),
  handle: async ({ context, input, found }) => {
    const allowedToCreate = (input.allowed_to_create ?? []).map((level) => ({
      accessLevel: level.access_level,
      userId: level.user_id,
      groupId: level.group_id,
      deployKeyId: level.deploy_key_id,
    }))
    const byDefault = allowedToCreate.length === 0 ? role.maintainer : null
    const created = await createProtectedTag(context, {
      projectPath: found.fullPath,
      name: input.name,
      createAccessLevel: input.create_access_level ?? byDefault,
      allowedToCreate,
    })
    return await shownProtectedTags.one(context, created)
  },
})

const remove = rest.delete(TAG, {
  summary: 'End the protection of the tags with a name or a pattern',
  input: z.object(tagKey),
  ability: 'protected-tag:write',
  answers: { 204: null },
  find: projectFor('protected-tag:write'),
  handle: async ({ context, input, found }) => {
    await deleteProtectedTag(context, { id: (await getTag(context, found, input.name)).id })
  },
})

export const protectedTagEndpoints = [list, single, create, remove]
