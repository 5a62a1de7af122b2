import { html } from 'hono/html'
import type { OneFolderQuery } from '../../../generated/documents.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { segmentsBehind } from '../kit/web-request.ts'
import { oneFolder } from './code-documents.ts'
import { areaUrl, orNull } from './ref-address.ts'

type Place = NonNullable<NonNullable<NonNullable<OneFolderQuery['project']>['repository']>['place']>
type Entry = NonNullable<Place['folder']>['entries'][number]

function entryItem({ context, project }: AskedOfProject, ref: string, { path, type }: Entry) {
  const name = path.slice(path.lastIndexOf('/') + 1)
  // A submodule is in another repository.
  if (type === 'commit') return html`<li>${name} <small>submodule</small></li>`
  const isFolder = type === 'tree'
  const url = areaUrl(context, project, isFolder ? 'tree' : 'blob', ref, path)
  return html`<li><a href="${url}">${name}${isFolder ? '/' : ''}</a></li>`
}

async function show(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const found = await oneFolder(context, { project: project.id, address: segmentsBehind(c, 'tree').join('/') })
  const place = found.project?.repository?.place
  if (!place?.folder) return null
  const { ref, path, folder } = place
  const title = path === '' ? ref : `${path} at ${ref}`
  const body = html`<h1>${title}</h1>
<p><a href="${areaUrl(context, project, 'commits', ref, path)}">Commits</a></p>
<ul>${folder.entries.map((entry) => entryItem(asked, ref, entry))}</ul>${
    folder.isCut ? html`<p>There is more in this folder than is shown here.</p>` : ''
  }`
  return { title: `${title} of ${project.fullPath}`, body }
}

/** The files and folders of a branch, a tag or a commit. */
export function treePageRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  for (const path of ['/tree', '/tree/:rest{.+}']) pages.page(path, (asked) => show(asked).catch(orNull))
  return pages.routes
}
