import { readsGroupReleases } from '../../../access/visibility.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfGroup, groupPages } from '../kit/pages.ts'
import { numberIn } from '../kit/query-values.ts'
import { addWebhookPages } from '../webhooks/webhook-page-routes.ts'
import { groupHome, groupReleases } from './group-documents.ts'
import { groupPage, groupReleasesPage } from './group-page.ts'

/** Cursors of one of the two lists of the page, for links that page through the other. */
const cursorsOf = (query: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name)))

/** What a group has and publishes. */
export async function groupHomePage({ c, context, group: found }: AskedOfGroup): Promise<Page | null> {
  const query = c.req.query()
  const groups = windowIn(query, 'groups_')
  const { group } = await groupHome(context, {
    ...{ group: found.id, ...windowIn(query) },
    ...{ groupsFirst: groups.first, groupsAfter: groups.after, groupsLast: groups.last, groupsBefore: groups.before },
  })
  const kept = {
    projects: cursorsOf(query, ['after', 'before']),
    groups: cursorsOf(query, ['groups_after', 'groups_before']),
  }
  return group && { title: group.name, body: groupPage(group, kept) }
}

/** Pages below `/groups/<group>/-`. */
export function groupRoutes(parts: ContextParts) {
  const pages = groupPages(parts)
  pages.page('/releases', async ({ c, context, group: found }) => {
    if (!readsGroupReleases(context.viewer, found)) return null
    const { search = '' } = c.req.query()
    const asked = { group: found.id, number: numberIn(c, 'page'), search: search || null }
    const { group } = await groupReleases(context, asked)
    return group && { title: `Releases of ${group.name}`, body: groupReleasesPage({ group, search }) }
  })
  addWebhookPages(pages)
  return pages.routes
}
