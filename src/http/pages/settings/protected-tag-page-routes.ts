import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import { notFoundOrForbidden, RuleViolation } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findGroup } from '../../../modules/groups/find-group.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import {
  createProtectedTag,
  deleteProtectedTag,
  updateProtectedTag,
} from '../../../modules/protected-tags/protected-tag-service.ts'
import { getUser } from '../../../modules/users/find-user.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { confirmation } from '../kit/confirmation.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import type { FormPage } from '../kit/form-page.ts'
import { choiceIn, pathNumber, textIn, wrong } from '../kit/given.ts'
import type { AskedOfProject, projectPages } from '../kit/pages.ts'
import { protectedTagOfPage, protectedTagsOfPage } from './protected-tag-page-documents.ts'
import { othersOf, type ProtectedTag, protectedTagPage, protectedTagsPage, roles } from './protected-tags-page.ts'

const listOf = (context: Context, project: Project) => `${projectUrl(context, project)}/-/protected_tags`

/** The protected tag that the path names. Null for viewers who may not change it. */
async function toChange({ c, context, project: of }: AskedOfProject): Promise<ProtectedTag | null> {
  if (!can(context.viewer, 'protected-tag:write', of)) return null
  const { project } = await protectedTagOfPage(context, { project: of.id, number: pathNumber(c) })
  return project?.protectedTag ?? null
}

async function getToChange(asked: AskedOfProject): Promise<ProtectedTag> {
  const tag = await toChange(asked)
  if (!tag) throw notFoundOrForbidden()
  return tag
}

const memberNamed = (username: string) =>
  getUser(username).catch((error) => {
    throw error instanceof RuleViolation ? wrong('username', 'This user', 'is not a member of the project') : error
  })

/** Who is named besides the role. What does not exist and what is hidden are told alike. */
async function namedIn(context: Context, given: Fields) {
  const [username, path] = [textIn(given, 'username').trim(), textIn(given, 'group').trim()]
  const user = username === '' ? null : await memberNamed(username)
  const group = path === '' ? null : await findGroup(context, path)
  if (path !== '' && !group) throw wrong('group', 'This group', 'does not exist')
  return [...(user ? [{ userId: user.id }] : []), ...(group ? [{ groupId: group.id }] : [])]
}

async function admission(context: Context, given: Fields, tag: ProtectedTag | null) {
  const values = roles.map(([value]) => value)
  const chosen = choiceIn(given, { name: 'role', label: 'Who may create such tags', values })
  const kept = [given.keep].flat()
  return {
    name: textIn(given, 'name'),
    createAccessLevel: chosen === '' ? null : Number(chosen),
    allowedToCreate: [
      ...(tag ? othersOf(tag) : [])
        .filter(({ number }) => kept.includes(`${number}`))
        .map(({ accessLevel, userId, groupId, deployKeyId }) => ({ accessLevel, userId, groupId, deployKeyId })),
      ...(await namedIn(context, given)),
    ],
  }
}

const fieldOf = {
  Name: 'name',
  'Protected tag': 'name',
  'Create access levels': 'role',
  User: 'username',
  Group: 'group',
}

const list: FormPage<AskedOfProject> = {
  show: async ({ c, context, project }, filled) => {
    // To whoever may not read them, protected tags are no empty list but a page that is missing.
    if (!can(context.viewer, 'protected-tag:read', project)) return null
    const found = (await protectedTagsOfPage(context, { project: project.id, ...windowIn(c.req.query()) })).project
    const url = listOf(context, project)
    const isWriter = can(context.viewer, 'protected-tag:write', project)
    const editOf = isWriter ? ({ number }: ProtectedTag) => `${url}/${number}` : null
    const tags = found?.protectedTags
    return tags
      ? { title: `Protected tags of ${project.name}`, body: protectedTagsPage({ list: tags, filled, editOf }) }
      : null
  },
  write: async ({ context, project }, given) => {
    if (!can(context.viewer, 'protected-tag:write', project)) throw notFoundOrForbidden()
    await createProtectedTag(context, { projectPath: project.fullPath, ...(await admission(context, given, null)) })
    return listOf(context, project)
  },
  fieldOf,
}

const single: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const { context, project } = asked
    const tag = await toChange(asked)
    return tag && { title: `Protected tag ${tag.name}`, body: protectedTagPage(tag, filled, listOf(context, project)) }
  },
  write: async (asked, given) => {
    const { context, project } = asked
    const tag = await getToChange(asked)
    await updateProtectedTag(context, { id: tag.number, ...(await admission(context, given, tag)) })
    return listOf(context, project)
  },
  fieldOf,
}

const removal: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const tag = await toChange(asked)
    if (!tag) return null
    return confirmation(filled, {
      title: `End the protection of ${tag.name}`,
      words: 'Developers may then create such tags, and publish and change their releases.',
      submit: 'End the protection',
      back: `${listOf(asked.context, asked.project)}/${tag.number}`,
    })
  },
  write: async (asked) => {
    await deleteProtectedTag(asked.context, { id: (await getToChange(asked)).number })
    return listOf(asked.context, asked.project)
  },
}

const ONE = '/protected_tags/:number{[1-9][0-9]{0,8}}'

export function addProtectedTagPages(pages: ReturnType<typeof projectPages>): void {
  pages.form('/protected_tags', list)
  pages.form(ONE, single)
  pages.form(`${ONE}/delete`, removal)
}
