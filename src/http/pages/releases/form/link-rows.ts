// The links of a release in a form: a row each, whose fields have the number of the row in their names.
import { html } from 'hono/html'
import { RuleViolation } from '../../../../foundation/errors.ts'
import { isBlank } from '../../../../foundation/rules.ts'
import { maxCharacters } from '../../../../foundation/text-limits.ts'
import type { LinkType } from '../../../../generated/prisma/client.ts'
import type { LinkValues } from '../../../../modules/assets/link-rules.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import { linkTypes } from '../../../rest/releases/present-link.ts'
import { choiceField, textField } from '../../kit/form-fields.ts'
import type { Filled } from '../../kit/form-page.ts'
import type { Markup } from '../../kit/layout.ts'

const names = ['id', 'name', 'url', 'filepath', 'linkType'] as const

/** The texts of a row. A stored link has its number as `id`. */
export type LinkRow = Record<(typeof names)[number], string>

const FIELD = /^links\.(\d{1,4})\.([a-zA-Z]+)$/
const EMPTY_ROWS = 2
const MORE_ROWS = 3

const isEmpty = ({ name, url, filepath }: LinkRow) => isBlank(name) && isBlank(url) && isBlank(filepath)

/** All rows that were given, in the order of the form. */
function rowsIn(given: Fields): LinkRow[] {
  const rows = new Map<number, LinkRow>()
  for (const [field, value] of Object.entries(given)) {
    const [, at, name = ''] = FIELD.exec(field) ?? []
    if (at === undefined || typeof value !== 'string') continue
    const row = rows.get(Number(at)) ?? { id: '', name: '', url: '', filepath: '', linkType: 'other' }
    if (Object.hasOwn(row, name)) rows.set(Number(at), { ...row, [name]: value.trim() })
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row)
}

/** The rows that say something, and behind them the stored links whose rows were emptied. */
export function filledRows(given: Fields): LinkRow[] {
  const all = rowsIn(given)
  return [...all.filter((row) => !isEmpty(row)), ...all.filter((row) => isEmpty(row) && row.id !== '')]
}

/** Makes these the only rows of the form. */
export function putRows(given: Fields, rows: readonly LinkRow[]): void {
  for (const field of Object.keys(given)) if (FIELD.test(field)) delete given[field]
  for (const [at, row] of rows.entries()) for (const name of names) given[`links.${at}.${name}`] = row[name]
}

/** Leaves out the empty rows, so that rules name the same rows as the form. */
export function compactRows(given: Fields): LinkRow[] {
  const rows = filledRows(given)
  putRows(given, rows)
  return rows
}

const isLinkType = (text: string): text is LinkType => linkTypes.some((type) => type === text)

export type GivenLink = LinkValues & { linkType: LinkType; id: number | null; isGone: boolean }

/** What the rows say. A stored link whose row was emptied is gone. */
export function linksOf(rows: readonly LinkRow[]): GivenLink[] {
  return rows.map((row, at) => {
    const { id, name, url, filepath, linkType } = row
    if (!isLinkType(linkType)) {
      throw new RuleViolation('INVALID', 'The type of a link is unknown', { [`links.${at}.linkType`]: ['is unknown'] })
    }
    const values = { name, url, filepath: filepath === '' ? null : filepath, linkType }
    return { ...values, id: /^\d{1,9}$/.test(id) ? Number(id) : null, isGone: isEmpty(row) }
  })
}

const typeNames = { other: 'Other', runbook: 'Runbook', image: 'Image', package: 'Package' } as const
const types = linkTypes.map((type) => [type, typeNames[type]] as const)

function rowFields({ problems, token }: Filled, row: LinkRow, at: number): Markup {
  // The rows are made of what was given, so each field shows its row.
  const filled: Filled = { given: null, problems, token }
  const field = (name: keyof LinkRow, label: string, maxLength: number) =>
    html`<div>${textField(filled, {
      ...{ name: `links.${at}.${name}`, label, stored: row[name], maxLength },
    })}</div>`
  return html`<fieldset class="row"><legend>Link ${at + 1}</legend><input type="hidden" name="links.${at}.id" value="${row.id}">
${field('name', 'Name', maxCharacters.name)}${field('url', 'URL', maxCharacters.url)}${field('filepath', 'Path of the permanent URL', maxCharacters.filepath)}
<div>${choiceField(filled, { name: `links.${at}.linkType`, label: 'Type', stored: row.linkType, options: types })}</div></fieldset>`
}

/** The rows that were given, or else the stored ones, and some empty rows. */
export function linkFields(filled: Filled, stored: readonly LinkRow[]): Markup {
  const { given } = filled
  const rows = given ? rowsIn(given) : [...stored]
  const used = (given ? filledRows(given) : stored).length
  const more = given?.more_links === undefined ? 0 : MORE_ROWS
  const count = Math.max(used + EMPTY_ROWS, rows.length + more)
  while (rows.length < count) rows.push({ id: '', name: '', url: '', filepath: '', linkType: 'other' })
  const wrong = filled.problems.fields.links
  return html`<fieldset id="links" data-files${wrong ? html` aria-describedby="links-problem"` : ''}><legend>Links</legend>
<p><small>Empty a row to remove its link. A path such as <code>/bin/linux</code> gives the link an address that stays.</small></p>
${wrong ? html`<small id="links-problem" class="problem">${wrong.join(', ')}</small>` : ''}${rows.map((row, at) => rowFields(filled, row, at))}
<label for="asset-files">Files to download</label>
<input type="file" id="asset-files" name="asset_files[]" multiple aria-describedby="asset-files-hint">
<small id="asset-files-hint">They are stored at once, as files of a package that everybody who reads the code sees, and become links. The command line takes larger files.</small>
<button class="secondary" name="more_links" value="1" formnovalidate data-parts="links">More rows</button></fieldset>`
}
