import { html } from 'hono/html'
import { role } from '../../../access/roles.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { ProtectedTagsPageQuery, ShownProtectedTagFragment } from '../../../generated/documents.ts'
import { NO_ONE } from '../../../modules/protected-tags/protected-tag-policy.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import { choiceField, formOf, textField } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { ACTIONS, wideTable } from '../kit/wide-table.ts'

export type ProtectedTag = ShownProtectedTagFragment
export type Admitted = ProtectedTag['createAccessLevels'][number]
type ProtectedTags = NonNullable<NonNullable<ProtectedTagsPageQuery['project']>['protectedTags']>

/** An empty choice admits only whoever is named. */
export const roles = [
  [`${role.maintainer}`, 'Maintainers'],
  [`${role.developer}`, 'Developers and Maintainers'],
  [`${NO_ONE}`, 'Nobody'],
  ['', 'Only whom the fields below name'],
] as const

/** A group that the viewer may not read has no name here. */
const nameOf = ({ accessLevelDescription, groupId }: Admitted) => accessLevelDescription ?? `Group ${groupId}`

const roleOf = ({ createAccessLevels }: ProtectedTag): Admitted | undefined =>
  createAccessLevels.find(({ accessLevel }) => accessLevel !== null)

export const othersOf = (tag: ProtectedTag): Admitted[] => {
  const shown = roleOf(tag)
  return tag.createAccessLevels.filter((level) => level !== shown)
}

const row = ({ name, createAccessLevels }: ProtectedTag, edit: string | null) => html`
<tr><th scope="row"><code>${name}</code></th><td>${createAccessLevels.map(nameOf).join(', ')}</td>${
  edit === null ? '' : html`<td><a href="${edit}">Edit<span class="sr-only"> ${name}</span></a></td>`
}</tr>`

const keptField = (filled: Filled, { number, ...level }: Admitted) => {
  const kept = filled.given === null || [filled.given.keep].flat().includes(`${number}`)
  return html`<label><input type="checkbox" name="keep[]" value="${number}"${kept ? html` checked` : ''}> ${nameOf({ number, ...level })}</label>`
}

const fieldsOf = (filled: Filled, tag: ProtectedTag | null) => {
  const others = tag ? othersOf(tag) : []
  const role = tag ? `${roleOf(tag)?.accessLevel ?? ''}` : roles[0][0]
  return [
    textField(filled, {
      ...{ name: 'name', label: 'Tag or pattern', required: true, maxLength: maxCharacters.tag },
      hint: '* stands for any characters: v* is every tag that begins with v.',
      stored: tag?.name ?? null,
    }),
    choiceField(filled, { name: 'role', label: 'Who may create such tags', stored: role, options: roles }),
    others.length === 0
      ? html``
      : html`<fieldset><legend>Also</legend>${others.map((level) => keptField(filled, level))}</fieldset>`,
    textField(filled, {
      ...{ name: 'username', label: 'Also this member', maxLength: maxCharacters.username },
      hint: 'A username. The member needs the role Developer as well.',
    }),
    textField(filled, {
      ...{ name: 'group', label: 'Also this group', maxLength: maxCharacters.fullPath },
      hint: 'The full path of a group, whose Developers are admitted.',
    }),
  ]
}

type Listed = { list: ProtectedTags; filled: Filled; editOf: ((tag: ProtectedTag) => string) | null }

/** `editOf` is null for viewers who may not write. A session that only reads is told so in place of the form. */
export function protectedTagsPage({ list, filled, editOf }: Listed): Markup {
  const tags = (list.nodes ?? []).filter((tag) => tag !== null)
  const edit = filled.token === null ? null : editOf
  return html`<h1>Protected tags</h1>
<p>Who may create tags with these names, and publish and change their releases.</p>
${
  tags.length === 0
    ? html`<p>No tag is protected: Developers create any.</p>`
    : wideTable({
        name: 'Protected tags',
        heads: ['Tag or pattern', 'Who may create such tags', ...(edit ? [ACTIONS] : [])],
        rows: tags.map((tag) => row(tag, edit?.(tag) ?? null)),
      })
}
${cursorLinks(list)}
${editOf ? html`<h2>New protected tag</h2>${formOf({ action: '', submit: 'Protect', filled, fields: fieldsOf(filled, null) })}` : ''}`
}

export const protectedTagPage = (tag: ProtectedTag, filled: Filled, list: string): Markup => html`
<p><a href="${list}">Protected tags</a></p>
<h1>Protected tag ${tag.name}</h1>
${formOf({ action: '', submit: 'Save', filled, fields: fieldsOf(filled, tag) })}
${filled.token === null ? '' : html`<p><a href="${list}/${tag.number}/delete">End the protection</a></p>`}`
