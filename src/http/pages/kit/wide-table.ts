import { html } from 'hono/html'
import type { Markup } from './layout.ts'

type Table = {
  /** What the table has, for screen readers. */
  name: string
  heads: readonly (Markup | string)[]
  rows: readonly Markup[]
}

/** The head of a column of links and buttons, which need none that is seen. */
export const ACTIONS = html`<span class="sr-only">What to do</span>`

/** A table that scrolls in a box of its own on a narrow screen. The box takes the focus, so that the arrow keys scroll it. */
export const wideTable = ({ name, heads, rows }: Table): Markup => html`
<div class="wide" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`
