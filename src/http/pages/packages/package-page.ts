import { html } from 'hono/html'
import type { ListedPackagesQuery, ShownPackageQuery } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { byNumber, pageLinks } from '../kit/page-links.ts'
import { dateOf } from '../kit/shown-time.ts'
import { wideTable } from '../kit/wide-table.ts'

type Packages = NonNullable<ListedPackagesQuery['project']>['packagePage']
type Package = NonNullable<NonNullable<ShownPackageQuery['project']>['package']>

type Listed = { name: string; url: string; search: string; packages: Packages }

export const packageListPage = ({ name, url, search, packages }: Listed): Markup => html`
<h1>Packages of ${name}</h1>
<search><form class="find"><div><label for="search">A part of the name</label><input type="search" id="search" name="search" value="${search}" maxlength="255"></div><button>Search</button></form></search>
${
  packages.rows.length === 0
    ? html`<p>${search === '' ? 'There are no packages.' : 'No package was found.'}</p>`
    : wideTable({
        name: 'Packages',
        heads: ['Package', 'Version', 'Since'],
        rows: packages.rows.map(
          (each) =>
            html`<tr><td><a href="${url}/${each.number}">${each.name}</a></td><td><code>${each.version}</code></td><td>${dateOf(each.createdAt)}</td></tr>`,
        ),
      })
}${pageLinks({ search }, byNumber(packages))}`

type Shown = { shown: Package; url: string }

export const packagePage = ({ shown, url }: Shown): Markup => html`
<p><a href="${url}">Packages</a></p>
<h1>${shown.name} <code>${shown.version}</code></h1>
<p><small>${dateOf(shown.createdAt)}</small></p>
${
  shown.filePage.rows.length === 0
    ? html`<p>The package has no files.</p>`
    : wideTable({
        name: 'Files',
        heads: ['File', 'Bytes', 'SHA-256', 'Since'],
        rows: shown.filePage.rows.map(
          (file) => html`<tr><td><a href="${file.url}">${file.name}</a></td><td>${file.size.toLocaleString('en')}</td>
<td><code>${file.sha256}</code> <button type="button" class="secondary" data-copy="${file.sha256}" hidden>Copy the SHA-256</button></td><td>${dateOf(file.createdAt)}</td></tr>`,
        ),
      })
}${pageLinks({}, byNumber(shown.filePage))}`
