import { html } from 'hono/html'
import type { ProjectHomeQuery } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

export type HomeProject = NonNullable<ProjectHomeQuery['project']>

/** What a list and a page say of whatever is not for everybody. */
export const visibilityBadge = (visibility: string | null): Markup | string =>
  visibility === 'public' ? '' : html` <span class="badge">${visibility}</span>`

const topicList = ({ topics }: HomeProject) =>
  topics.length === 0 ? '' : html`<p>Topics: ${topics.map((topic) => html`<span class="badge">${topic}</span> `)}</p>`

function releases(
  { webUrl, latestRelease, releases: list, userPermissions }: HomeProject,
  writes: boolean,
): Markup | string {
  if (!userPermissions.readRelease) return ''
  const count = list?.count ?? 0
  const add = writes && userPermissions.createRelease ? html` <a href="${webUrl}/-/releases/new">New release</a>` : ''
  if (count === 0) return html`<h2>Releases</h2><p>There are no releases.${add}</p>`
  const latest = latestRelease
    ? html`<p>Latest release: <strong><a href="${latestRelease.links?.selfUrl}">${latestRelease.name}</a></strong>${
        latestRelease.tagName ? html` <code>${latestRelease.tagName}</code>` : ''
      } <small>${latestRelease.releasedAt ? dateOf(latestRelease.releasedAt) : ''}${
        latestRelease.author ? html`, <a href="${latestRelease.author.webUrl}">${latestRelease.author.name}</a>` : ''
      }</small></p>`
    : ''
  return html`<h2>Releases</h2>${latest}<p><a href="${webUrl}/-/releases">${count === 1 ? '1 release' : `${count} releases`}</a>${add}</p>`
}

function clone({ webUrl, repository }: HomeProject): Markup | string {
  if (!repository?.exists) return ''
  const address = `${webUrl}.git`
  return html`<h2>Code</h2><p>Clone it: <code>git clone ${address}</code> <button type="button" class="secondary" data-copy="git clone ${address}" hidden>Copy the command</button></p>`
}

/** `writes`: whether the viewer's credential may write at all. */
export const homePage = (
  project: HomeProject,
  { readme, writes }: { readme: Markup | string; writes: boolean },
): Markup => html`
<h1>${project.avatarUrl ? html`<img class="avatar" src="${project.avatarUrl}" alt=""> ` : ''}${project.name}${visibilityBadge(project.visibility)}${
  project.archived ? html` <span class="badge">archived</span>` : ''
}</h1>
${project.description ? html`<p>${project.description}</p>` : ''}
${topicList(project)}
${project.deployFreezeActive ? html`<p><span class="badge">Deploy freeze</span> A deploy freeze is active.</p>` : ''}
${releases(project, writes)}
${clone(project)}
${readme}`
