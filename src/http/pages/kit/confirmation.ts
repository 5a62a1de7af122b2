import { html } from 'hono/html'
import { formOf } from './form-fields.ts'
import type { Filled } from './form-page.ts'
import type { Page } from './layout.ts'

type Question = {
  title: string
  /** What happens then. */
  words: string
  submit: string
  /** The URL to go back to. */
  back: string
}

/** Asks before something is deleted. */
export const confirmation = (filled: Filled, { title, words, submit, back }: Question): Page => ({
  title,
  body: html`<h1>${title}</h1><p>${words}</p>${formOf({ action: '', submit, filled, fields: [] })}<p><a href="${back}">Back</a></p>`,
})
