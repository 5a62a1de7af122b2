import { html } from 'hono/html'
import type { TreeEntry } from '../../../git/tree-entries.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { isFilePath } from '../../rest/repository/repository-paths.ts'
import { entriesOf } from '../../rest/repository/tree-routes.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { areaUrl, orNull, refAndPathIn } from './ref-address.ts'

/** A larger folder is cut. */
const MAX_ENTRIES = 1_000

const nameOf = ({ path }: TreeEntry) => path.slice(path.lastIndexOf('/') + 1)

function entryItem({ context, project }: AskedOfProject, ref: string, entry: TreeEntry) {
  const name = nameOf(entry)
  // A submodule is in another repository.
  if (entry.type === 'commit') return html`<li>${name} <small>submodule</small></li>`
  const isFolder = entry.type === 'tree'
  const url = areaUrl(context, project, isFolder ? 'tree' : 'blob', ref, entry.path)
  return html`<li><a href="${url}">${name}${isFolder ? '/' : ''}</a></li>`
}

async function show(asked: AskedOfProject): Promise<Page | null> {
  const { context, project } = asked
  const found = await refAndPathIn(asked, 'tree')
  if (!found || (found.path !== '' && !isFilePath(found.path))) return null
  const { ref, sha, path } = found
  const entries = await entriesOf(context, project, { sha, path, recursive: false })
  const title = path === '' ? ref : `${path} at ${ref}`
  const body = html`<h1>${title}</h1>
<p><a href="${areaUrl(context, project, 'commits', ref, path)}">Commits</a></p>
<ul>${entries.slice(0, MAX_ENTRIES).map((entry) => entryItem(asked, ref, entry))}</ul>${
    entries.length > MAX_ENTRIES ? html`<p>There is more in this folder than is shown here.</p>` : ''
  }`
  return { title: `${title} of ${project.fullPath}`, body }
}

/** The files and folders of a branch, a tag or a commit. */
export function treePageRoutes(parts: ContextParts) {
  const pages = projectPages(parts, 'code:read')
  for (const path of ['/tree', '/tree/:rest{.+}']) pages.page(path, (asked) => show(asked).catch(orNull))
  return pages.routes
}
