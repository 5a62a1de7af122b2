// The form of a release: a new one, a draft, or one that is published. It shows what was given, or else what is stored.
import { html, raw } from 'hono/html'
import { maxCharacters } from '../../../../foundation/text-limits.ts'
import { checkbox, choiceField, textArea, textField } from '../../kit/form-fields.ts'
import type { Filled } from '../../kit/form-page.ts'
import type { Markup } from '../../kit/layout.ts'
import { type LinkRow, linkFields } from './link-rows.ts'
import { fieldTime, numbersIn, type Stored } from './release-values.ts'

/** The most bytes of the form with its files, which the server takes into memory. */
export const FORM_BYTES = 16_000_000

type Refs = { defaultBranch: string | null; branches: readonly string[]; tags: readonly string[] }

export type ReleaseForm = {
  filled: Filled
  /** Null for a new release. */
  stored: Stored | null
  links: readonly LinkRow[]
  /** What may be chosen. */
  milestones: Stored['milestones']
  /** Null for a published release, whose tag is there. */
  refs: Refs | null
  /** The notes as HTML, where they were asked for. */
  preview: string | null
  /** Buttons before the last one. */
  buttons: Markup | string
}

const datalist = (id: string, names: readonly string[]) =>
  html`<datalist id="${id}">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>`

/** Each name that was found is a button that takes it. */
const foundTags = ({ filled, refs }: ReleaseForm) =>
  filled.given?.find_tags === undefined
    ? ''
    : html`<p role="status">${refs?.tags.length === 0 ? 'No tag has such a name: it will be created.' : 'Tags found:'}</p>
<p>${refs?.tags.map((tag) => html`<button class="secondary" name="pick_tag" value="${tag}" formnovalidate data-parts="tag">${tag}</button> `)}</p>`

const tagPicker = (form: ReleaseForm) => html`
${textField(form.filled, {
  ...{ name: 'tag_name', label: 'Tag', hint: 'A tag that exists, or the name of a new one.', list: 'tags' },
  ...{ stored: form.stored?.tagName, required: true, maxLength: maxCharacters.tag },
})}${datalist('tags', form.refs?.tags ?? [])}
<p><button class="secondary" name="find_tags" value="1" formnovalidate data-parts="found-tags">Find tags with this text</button></p>
<div id="found-tags">${foundTags(form)}</div>`

function tagFields(form: ReleaseForm): Markup {
  const { filled, stored, refs } = form
  const name = stored?.isKept ? html`<p>Tag <code>${stored.tagName}</code></p>` : tagPicker(form)
  if (!refs) return name
  return html`<fieldset id="tag"><legend>Tag</legend>${name}
${textField(filled, {
  ...{
    name: 'ref',
    label: 'Create the tag from',
    hint: 'A branch, tag or commit, if the tag does not exist.',
    list: 'refs',
  },
  ...{ stored: stored ? stored.ref : refs.defaultBranch, maxLength: maxCharacters.ref },
})}${datalist('refs', refs.branches)}
${textArea(filled, {
  ...{ name: 'tag_message', label: 'Message of the new tag', hint: 'With a message the tag is annotated.' },
  ...{ stored: stored?.tagMessage, rows: 2 },
})}</fieldset>`
}

const notes = ({ filled, stored }: ReleaseForm) => html`<div id="notes" data-files>
${textArea(filled, {
  ...{
    name: 'description',
    label: 'Release notes',
    hint: 'Markdown. Files that are dropped or pasted here are attached.',
  },
  stored: stored?.description,
})}
<label for="files">Files for the notes</label>
<input type="file" id="files" name="files[]" multiple aria-describedby="files-hint">
<small id="files-hint">Everybody who may read the project may read them. The form and its files have at most ${FORM_BYTES / 1_000_000} MB.</small>
<button class="secondary" name="attach" value="1" formnovalidate data-parts="notes">Attach</button></div>`

const preview = ({ preview: shown }: ReleaseForm) => html`
<p><button class="secondary" name="preview" value="1" formnovalidate data-parts="preview notes">Preview the notes</button></p>
<div id="preview">${shown === null ? '' : html`<section aria-label="Preview" tabindex="-1" autofocus>${raw(shown)}</section>`}</div>`

function milestoneFields({ filled: { given }, stored, milestones }: ReleaseForm): Markup | string {
  const own = stored?.milestones ?? []
  const shown = [...own, ...milestones.filter(({ number }) => own.every((one) => one.number !== number))]
  if (shown.length === 0) return ''
  const checked = given ? numbersIn(given.milestone_ids) : own.map(({ number }) => number)
  return html`<fieldset><legend>Milestones</legend>
<input type="hidden" name="milestones_shown" value="${shown.map(({ number }) => number).join(',')}">${shown.map(
    ({ number, title }) =>
      html`<label><input type="checkbox" name="milestone_ids[]" value="${number}"${checked.includes(number) ? html` checked` : ''}> ${title}</label>`,
  )}</fieldset>`
}

const PRERELEASE = [
  ['', 'As the version in the tag says'],
  ['true', 'A pre-release'],
  ['false', 'No pre-release'],
] as const

const marks = ({ filled, stored }: ReleaseForm) => html`
${textField(filled, {
  ...{
    name: 'released_at',
    label: 'Release date',
    type: 'datetime-local',
    stored: fieldTime(stored?.releasedAt ?? null),
  },
  hint: stored?.isPublished ? 'UTC.' : 'UTC. Empty: when it is published.',
})}
${choiceField(filled, {
  ...{ name: 'prerelease', label: 'Pre-release', options: PRERELEASE, stored: String(stored?.prerelease ?? '') },
})}
<input type="hidden" name="make_latest_shown" value="1">
${checkbox(filled, { name: 'make_latest', label: 'Mark as the latest release', stored: stored?.makeLatest === 'YES' })}`

export const releaseFields = (form: ReleaseForm): Markup => html`
${tagFields(form)}
${textField(form.filled, {
  ...{ name: 'name', label: 'Title', hint: 'Without a title the tag is shown.', maxLength: maxCharacters.releaseName },
  stored: form.stored?.name === form.stored?.tagName ? '' : form.stored?.name,
})}
${notes(form)}
${preview(form)}
${milestoneFields(form)}
${linkFields(form.filled, form.links)}
${marks(form)}
${form.buttons}`
