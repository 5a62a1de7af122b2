import { html } from 'hono/html'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { readBlob } from '../../../git/blobs.ts'
import { listEntries } from '../../../git/tree-entries.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { encodedPath, segment } from '../../../modules/releases/release-urls.ts'
import { readRepository, shaOf } from '../../rest/repository/repository-reads.ts'
import type { Markup } from '../kit/layout.ts'
import { MAX_SHOWN_BYTES, type ShownFile, shownContent } from './file-page.ts'

const NAME = /^readme(?:\.(?:md|markdown|txt))?$/i
const LINK_MODE = '120000'

type Found = Omit<ShownFile, 'content'> & { content: Buffer | null }

/** The README in the root of a branch, without its content if that is too long to be shown. */
async function findReadme(context: Context, project: Project, branch: string): Promise<Found | null> {
  const sha = await shaOf(context, project, `refs/heads/${branch}`)
  if (sha === null) return null
  return readRepository(context, project, async (repository) => {
    const entries = (await listEntries(repository, sha, { path: '', recursive: false })) ?? []
    const files = entries.filter(({ type, mode, path }) => type === 'blob' && mode !== LINK_MODE && NAME.test(path))
    const entry = files.find(({ path }) => /\.m/i.test(path)) ?? files[0]
    if (!entry) return null
    const content = (entry.size ?? 0) <= MAX_SHOWN_BYTES ? await readBlob(repository, entry.id, MAX_SHOWN_BYTES) : null
    return { project, ref: branch, path: entry.path, id: entry.id, content }
  })
}

/** What a project says about itself. The viewer may read the code. */
export async function readmeOf(context: Context, project: Project, branch: string): Promise<Markup | string> {
  const found = await findReadme(context, project, branch)
  if (!found) return ''
  const { content, path } = found
  const place = (area: 'blob' | 'raw') =>
    `${projectUrl(context, project)}/-/${area}/${segment(branch)}/${encodedPath(path)}`
  const shown = content
    ? await shownContent(context, { ...found, content }, place('raw'))
    : html`<p>This file is too long to be shown here.</p>`
  return html`<section aria-labelledby="readme"><h2 id="readme"><a href="${place('blob')}">${path}</a></h2>${shown}</section>`
}
