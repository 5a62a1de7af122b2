// What stands above every page of a project and of a group: the groups above it, and the areas beside the page.
import { html } from 'hono/html'
import { readsGroup } from '../../../access/visibility.ts'
import type { Context } from '../../../context/context.ts'
import { groupById } from '../../../modules/groups/group-loaders.ts'
import type { Markup } from './layout.ts'

/** The paths begin at the root of the server. */
export type Place = {
  /** The numbers of the groups above, from the top. */
  above: readonly number[]
  here: { name: string; path: string }
  areas: readonly { label: string; path: string }[]
  /** The path of the page that is shown, which marks its area. */
  page: string
}

/** A group that the viewer may not read is a name without a link. */
async function crumbs(context: Context, ids: readonly number[]): Promise<Markup[]> {
  const groups = await Promise.all(ids.map((id) => groupById(context).load(id)))
  return groups.flatMap((group) => {
    if (!group) return []
    const url = `${context.baseUrl}/groups/${group.fullPath}`
    return [html`<li>${readsGroup(context.viewer, group) ? html`<a href="${url}">${group.path}</a>` : group.path}</li>`]
  })
}

export async function placeNav(context: Context, { above, here, areas, page }: Place) {
  const mark = (path: string) =>
    page === path || page.startsWith(`${path}/`) ? html` aria-current="${page === path ? 'page' : 'true'}"` : ''
  return html`<nav aria-label="breadcrumb"><ul>${await crumbs(context, above)}<li><strong><a href="${context.baseUrl}${here.path}">${here.name}</a></strong></li></ul></nav>
<nav class="tabs" aria-label="Areas"><ul>${areas.map(
    ({ label, path }) => html`<li><a href="${context.baseUrl}${path}"${mark(path)}>${label}</a></li>`,
  )}</ul></nav>`
}
