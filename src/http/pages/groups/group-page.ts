import { html } from 'hono/html'
import type { GroupHomeQuery, GroupReleaseFragment, GroupReleasesQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { dateOf } from '../kit/shown-time.ts'
import { visibilityBadge } from '../projects/home-page.ts'
import { projectItem } from '../projects/project-item.ts'
import { monthChart } from './month-chart.ts'

export type HomeGroup = NonNullable<GroupHomeQuery['group']>
type Subgroup = NonNullable<NonNullable<HomeGroup['descendantGroups']['nodes']>[number]>

const releaseItem = ({ name, tagName, releasedAt, upcomingRelease, links, project }: GroupReleaseFragment) => html`
<li><p><strong><a href="${links?.selfUrl}">${name}</a></strong> of <a href="${project.webUrl}">${project.fullPath}</a>${
  tagName && tagName !== name ? html` <code>${tagName}</code>` : ''
} <small>${releasedAt ? dateOf(releasedAt) : ''}</small>${upcomingRelease ? html` <span class="badge">Upcoming</span>` : ''}</p></li>`

function newest({ webUrl, releasePage: { rows } }: HomeGroup): Markup {
  if (rows.length === 0) return html`<p>There are no releases.</p>`
  return html`<h3>Newest</h3><ul class="list">${rows.map(releaseItem)}</ul><p><a href="${webUrl}/-/releases">All releases</a></p>`
}

/** Only members of the group are told. */
function releases(group: HomeGroup): Markup | string {
  const figures = group.stats?.releaseStats
  const chart = monthChart(group.releaseMonths)
  if (!figures) return chart
  const { releasesCount, releasesPercentage } = figures
  return html`<h2>Releases</h2>
<p><strong>${releasesCount}</strong> ${releasesCount === 1 ? 'release' : 'releases'}, <strong>${releasesPercentage} %</strong> of the projects have releases</p>
${chart}${newest(group)}`
}

const subgroup = ({ name, webUrl, description, visibility }: Subgroup) => html`
<li><h3><a href="${webUrl}">${name}</a>${visibilityBadge(visibility)}</h3>${description ? html`<p>${description.slice(0, 300)}</p>` : ''}</li>`

const present = <Row>(nodes: readonly (Row | null)[] | null) => (nodes ?? []).filter((row) => row !== null)

type Query = Readonly<Record<string, string>>

function subgroups({ descendantGroups }: HomeGroup, kept: Query): Markup | string {
  const rows = present(descendantGroups.nodes)
  if (rows.length === 0) return ''
  return html`<h2>Groups</h2><ul class="list">${rows.map(subgroup)}</ul>${cursorLinks(descendantGroups, kept, 'groups_')}`
}

function projects({ projects: list }: HomeGroup, kept: Query): Markup {
  const rows = present(list.nodes)
  if (rows.length === 0) return html`<h2>Projects</h2><p>There are no projects here that you may see.</p>`
  return html`<h2>Projects</h2><ul class="list">${rows.map(projectItem)}</ul>${cursorLinks(list, kept)}`
}

/** `kept` is what the URL says of the other list. */
export const groupPage = (group: HomeGroup, kept: { projects: Query; groups: Query }): Markup => html`
<h1>${group.name}${visibilityBadge(group.visibility)}</h1>
${group.description ? html`<p>${group.description}</p>` : ''}
${releases(group)}
${subgroups(group, kept.projects)}
${projects(group, kept.groups)}`

type Listed = { group: NonNullable<GroupReleasesQuery['group']>; search: string }

export function groupReleasesPage({ group: { name, releasePage }, search }: Listed): Markup {
  const { rows, total } = releasePage
  const none = search === '' ? 'There are no releases.' : 'No release was found.'
  return html`<h1>Releases of ${name}</h1>
<search><form class="find"><div><label for="search">Words of titles and notes</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div><button>Search</button></form></search>
${total === null || rows.length === 0 ? '' : html`<p>${total} in all</p>`}
${rows.length === 0 ? html`<p>${none}</p>` : html`<ul class="list">${rows.map(releaseItem)}</ul>`}
${pageLinks({ search }, byNumber(releasePage))}`
}
