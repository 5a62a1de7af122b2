// Fields of forms: each has a label, and its hint and its problems are tied to it for screen readers.
import { html } from 'hono/html'
import type { Filled } from './form-page.ts'
import type { Markup } from './layout.ts'

type Field = { name: string; label: string; hint?: string }

/** As given, or as stored when another form of the page was sent. */
const textOf = (filled: Filled, name: string, stored: string | null | undefined): string => {
  const given = filled.given?.[name]
  return typeof given === 'string' ? given : (stored ?? '')
}

/** Whether a box is checked: as given, or as stored while nothing was given. */
const isChecked = (filled: Filled, name: string, stored: boolean): boolean =>
  filled.given === null ? stored : filled.given[name] !== undefined

const notes = ({ problems }: Filled, { name, hint }: Field) => {
  const wrong = problems.fields[name] ?? []
  const ids = [...(hint ? [`${name}-hint`] : []), ...(wrong.length > 0 ? [`${name}-problem`] : [])]
  const described = ids.length > 0 ? html` aria-describedby="${ids.join(' ')}"` : ''
  return {
    attributes: html`${described}${wrong.length > 0 ? html` aria-invalid="true"` : ''}`,
    below: html`${hint ? html`<small id="${name}-hint">${hint}</small>` : ''}${
      wrong.length > 0 ? html`<small id="${name}-problem" class="problem">${wrong.join(', ')}</small>` : ''
    }`,
  }
}

type Text = Field & {
  stored?: string | null | undefined
  type?: string
  required?: boolean
  maxLength?: number
  list?: string
}

export function textField(
  filled: Filled,
  { stored, type = 'text', required = false, maxLength, list, ...field }: Text,
): Markup {
  const { name, label } = field
  const { attributes, below } = notes(filled, field)
  return html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${textOf(filled, name, stored)}"${required ? html` required` : ''}${
    maxLength === undefined ? '' : html` maxlength="${maxLength}"`
  }${list === undefined ? '' : html` list="${list}"`}${attributes}>${below}`
}

/** A text that the server never shows, not even while the form is shown again. */
export function secretField(filled: Filled, { maxLength, ...field }: Field & { maxLength: number }): Markup {
  const { name, label } = field
  const { attributes, below } = notes(filled, field)
  return html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="off" maxlength="${maxLength}"${attributes}>${below}`
}

type Area = Field & { stored?: string | null | undefined; rows?: number; maxLength?: number }

export function textArea(filled: Filled, { stored, rows = 12, maxLength, ...field }: Area): Markup {
  const { name, label } = field
  const { attributes, below } = notes(filled, field)
  // The first line break of an area is not part of its text.
  return html`<label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="${rows}"${maxLength === undefined ? '' : html` maxlength="${maxLength}"`}${attributes}>
${textOf(filled, name, stored)}</textarea>${below}`
}

type Choice = Field & {
  stored?: string | null | undefined
  options: readonly (readonly [value: string, label: string])[]
}

export function choiceField(filled: Filled, { stored, options, ...field }: Choice): Markup {
  const { name, label } = field
  const { attributes, below } = notes(filled, field)
  const chosen = textOf(filled, name, stored)
  return html`<label for="${name}">${label}</label>
<select id="${name}" name="${name}"${attributes}>${options.map(
    ([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`,
  )}</select>${below}`
}

export function checkbox(filled: Filled, { stored = false, ...field }: Field & { stored?: boolean }): Markup {
  const { name, label } = field
  const { attributes, below } = notes(filled, field)
  return html`<label><input type="checkbox" name="${name}" id="${name}" value="1"${
    isChecked(filled, name, stored) ? html` checked` : ''
  }${attributes}> ${label}</label>${below}`
}

/** What is wrong, above the fields. A browser moves to it, so that screen readers read it first. */
export const problemList = ({ problems }: Filled): Markup | string =>
  problems.all.length === 0
    ? ''
    : html`<div role="alert" tabindex="-1" autofocus><p>That did not work:</p><ul>${problems.all.map((text) => html`<li>${text}</li>`)}</ul></div>`

type Form = { action: string; submit: string; filled: Filled; fields: Markup | readonly Markup[]; multipart?: boolean }

/** A whole form. `action` is a URL of this server; an empty one is the page itself. A session that only reads gets none. */
export const formOf = ({ action, submit, filled, fields, multipart = false }: Form): Markup =>
  filled.token === null
    ? html`<p>This session only reads: to write, sign in with a token that has the scope <code>api</code>.</p>`
    : html`
<form method="post" action="${action}"${multipart ? html` enctype="multipart/form-data"` : ''}>
${problemList(filled)}<input type="hidden" name="form_token" value="${filled.token}">
${fields}
<button>${submit}</button>
</form>`

type Button = { name: string; value: string }

/**
 * A form of one button, such as for what takes a thing away. The button's name and value tell the forms of one page apart. A session
 * that only reads gets none.
 */
export const buttonForm = (
  action: string,
  label: Markup | string,
  token: string | null,
  button?: Button,
): Markup | string =>
  token === null
    ? ''
    : html`
<form class="inline" method="post" action="${action}"><input type="hidden" name="form_token" value="${token}"><button class="secondary"${
        button ? html` name="${button.name}" value="${button.value}"` : ''
      }>${label}</button></form>`
