import { html } from 'hono/html'
import type { ListedMilestoneFragment } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import type { ShownMilestone } from './planning-documents.ts'

type Milestone = ListedMilestoneFragment

/** A calendar date. */
export const dayOf = (day: string) => html`<time datetime="${day}">${day}</time>`

const badges = ({ state, expired, upcoming }: Milestone) => [
  state === 'closed' ? html` <span class="badge">Closed</span>` : '',
  state === 'active' && expired ? html` <span class="badge">Past due</span>` : '',
  state === 'active' && upcoming ? html` <span class="badge">Upcoming</span>` : '',
]

const dates = ({ startDate, dueDate }: Milestone) =>
  startDate === null && dueDate === null
    ? ''
    : html`<p><small>${startDate ? html`From ${dayOf(startDate)} ` : ''}${dueDate ? html`${startDate ? 'to' : 'Until'} ${dayOf(dueDate)}` : ''}</small></p>`

function progress({ title, stats }: Milestone): Markup | string {
  if (stats?.totalIssuesCount == null || stats.closedIssuesCount === null) return ''
  const { totalIssuesCount: total, closedIssuesCount: closed } = stats
  if (total === 0) return html`<p><small>No issues</small></p>`
  const percent = Math.floor((closed / total) * 100)
  return html`<p><progress max="${total}" value="${closed}" aria-label="Progress of ${title}"></progress> ${percent}% complete
<small>${closed} of ${total} issues closed, ${total - closed} open</small></p>`
}

function releases({ releases: of }: Milestone): Markup | string {
  const shown = (of?.nodes ?? []).filter((release) => release !== null)
  if (shown.length === 0) return ''
  return html`<p>Releases: ${shown.map(
    ({ name, links }, at) => html`${at > 0 ? ', ' : ''}<a href="${links?.selfUrl}">${name}</a>`,
  )}${of?.pageInfo.hasNextPage ? ', and more' : ''}</p>`
}

const facts = (milestone: Milestone) => html`${dates(milestone)}${progress(milestone)}${releases(milestone)}`

const item = (milestone: Milestone) => html`
<li><h2><a href="${milestone.webUrl}">${milestone.title}</a>${badges(milestone)}</h2>
${facts(milestone)}</li>`

export type Listed = {
  /** The full path of the project or group. */
  of: string
  milestones: readonly Milestone[]
  state: string
  search: string
  /** The URL of the form for a new one; null where the viewer may not add one. */
  newUrl: string | null
  pages: Markup | string
}

const states = { active: 'Open', closed: 'Closed', all: 'All' } as const

const find = ({ state, search }: Listed) => html`
<search><form class="find">
<div><label for="search">Words of titles and descriptions</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
<div><label for="state">State</label><select id="state" name="state">${Object.entries(states).map(
  ([value, label]) => html`<option value="${value}"${value === state ? html` selected` : ''}>${label}</option>`,
)}</select></div>
<button>Show</button>
</form></search>`

export const milestoneList = (listed: Listed): Markup => html`
<h1>Milestones of ${listed.of}</h1>
${listed.newUrl ? html`<p><a href="${listed.newUrl}">New milestone</a></p>` : ''}${find(listed)}
${
  listed.milestones.length > 0
    ? html`<ul class="list">${listed.milestones.map(item)}</ul>`
    : html`<p>No milestone was found.</p>`
}${listed.pages}`

type Shown = {
  milestone: ShownMilestone
  description: Markup | string
  issues: Markup
  /** Whether the viewer may change and delete it. */
  mayWrite: boolean
}

export const milestonePage = ({ milestone, description, issues, mayWrite }: Shown): Markup => html`
<h1>${milestone.title}${badges(milestone)}</h1>
${mayWrite ? html`<p><a href="${milestone.webUrl}/edit">Edit</a> <a href="${milestone.webUrl}/delete">Delete</a></p>` : ''}
${facts(milestone)}
${description}
<h2>Issues</h2>
${issues}`
