import { html } from 'hono/html'
import type { Markup } from '../kit/layout.ts'

type Month = { month: string; count: number }

/** The picture has room for so many pixels of each month, and in height. Browsers scale it. */
const [WIDTH, HEIGHT, GAP] = [60, 160, 8]

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const nameOf = ({ month }: Month) => names[Number(month.slice(5)) - 1]

const bar = (month: Month, at: number, most: number) => {
  const height = Math.round((HEIGHT * month.count) / most)
  const middle = at * WIDTH + WIDTH / 2
  return html`<rect x="${at * WIDTH + GAP}" y="${30 + HEIGHT - height}" width="${WIDTH - 2 * GAP}" height="${height}"></rect>
<text x="${middle}" y="${22 + HEIGHT - height}">${month.count}</text><text x="${middle}" y="${HEIGHT + 55}">${nameOf(month)}</text>`
}

/** Releases by month, as a picture and as a table for whoever does not see the picture. */
export function monthChart(months: readonly Month[]): Markup | string {
  if (months.length === 0) return ''
  const most = Math.max(1, ...months.map(({ count }) => count))
  const sum = months.reduce((all, { count }) => all + count, 0)
  return html`<figure><svg class="chart" viewBox="0 0 ${months.length * WIDTH} ${HEIGHT + 65}" role="img" aria-label="Releases by month: ${sum} in the last ${months.length} months">
${months.map((month, at) => bar(month, at, most))}
</svg>
<figcaption>Releases by month</figcaption></figure>
<details><summary>As a table</summary><table><thead><tr><th scope="col">Month</th><th scope="col">Releases</th></tr></thead><tbody>${months.map(
    ({ month, count }) => html`<tr><th scope="row">${month}</th><td>${count}</td></tr>`,
  )}</tbody></table></details>`
}
