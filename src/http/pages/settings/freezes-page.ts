import { html } from 'hono/html'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { FreezesPageQuery } from '../../../generated/documents.ts'
import { formOf, textField } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { ACTIONS, wideTable } from '../kit/wide-table.ts'

type Project = NonNullable<FreezesPageQuery['project']>
type Connection = NonNullable<Project['freezePeriods']>
export type Freeze = NonNullable<NonNullable<Connection['nodes']>[number]>

const timeOf = (time: string | null) => (time === null ? 'Never' : dateOf(time))

const row = (freeze: Freeze, edit: string | null) => html`
<tr><td>${freeze.status === 'ACTIVE' ? html`<span class="badge good">Active</span>` : 'Inactive'}</td>
<td><code>${freeze.startCron}</code></td><td><code>${freeze.endCron}</code></td><td>${freeze.cronTimezone}</td>
<td>${timeOf(freeze.startTime)}</td><td>${timeOf(freeze.endTime)}</td>${
  edit === null
    ? ''
    : html`<td><a href="${edit}">Edit<span class="sr-only"> the freeze ${freeze.startCron}</span></a></td>`
}</tr>`

const table = (freezes: readonly Freeze[], editOf: ((freeze: Freeze) => string) | null) =>
  wideTable({
    name: 'Deploy freezes',
    heads: ['Now', 'Begins', 'Ends', 'Time zone', 'Last or next begin', 'Next end', ...(editOf ? [ACTIONS] : [])],
    rows: freezes.map((freeze) => row(freeze, editOf?.(freeze) ?? null)),
  })

const form = (filled: Filled, submit: string, freeze: Freeze | null) =>
  formOf({
    action: '',
    submit,
    filled,
    fields: [
      textField(filled, {
        ...{ name: 'freeze_start', label: 'Begins', required: true, maxLength: maxCharacters.cron },
        hint: 'Minute, hour, day of the month, month, day of the week: 0 23 * * 5 is Friday at 23:00.',
        stored: freeze?.startCron ?? null,
      }),
      textField(filled, {
        ...{ name: 'freeze_end', label: 'Ends', required: true, maxLength: maxCharacters.cron },
        hint: 'In the same way: 0 7 * * 1 is Monday at 7:00.',
        stored: freeze?.endCron ?? null,
      }),
      textField(filled, {
        ...{ name: 'cron_timezone', label: 'Time zone', required: true, maxLength: maxCharacters.timeZone },
        hint: 'Such as UTC, Europe/Berlin or Eastern Time (US & Canada).',
        stored: freeze ? freeze.cronTimezone : 'UTC',
      }),
    ],
  })

type Listed = {
  project: Project
  freezes: readonly Freeze[]
  filled: Filled
  editOf: ((freeze: Freeze) => string) | null
}

/** `editOf` is null for viewers who may not write. A session that only reads is told so in place of the form. */
export const freezesPage = ({ project, freezes, filled, editOf }: Listed): Markup => html`
<h1>Deploy freezes</h1>
<p>${project.deployFreezeActive ? html`<strong>Deployments are frozen now.</strong>` : 'Deployments are not frozen now.'}</p>
${freezes.length > 0 ? table(freezes, filled.token === null ? null : editOf) : html`<p>There are no freezes.</p>`}
${editOf ? html`<h2>New freeze</h2>${form(filled, 'Add the freeze', null)}` : ''}`

export const freezePage = (freeze: Freeze, filled: Filled, list: string): Markup => html`
<p><a href="${list}">Deploy freezes</a></p>
<h1>Edit a freeze</h1>
${form(filled, 'Save', freeze)}
${filled.token === null ? '' : html`<p><a href="${list}/${freeze.number}/delete">Delete this freeze</a></p>`}`
