// The mail about a new release. It asks the schema as its recipient, so it shows what its recipient may see.
import { randomUUID } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { Viewer } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import type { ReleaseMailQuery } from '../../generated/documents.ts'
import type { Letter, ReleaseOfProject } from '../../jobs/tasks/mail-release-task.ts'
import { showHtmlToMany } from '../../modules/notes/show-html.ts'
import { releaseMail } from './release-mail-documents.ts'

type Project = NonNullable<ReleaseMailQuery['project']>
type Release = NonNullable<Project['release']>

const MAX_SUBJECT = 250
const MAX_LINKS = 100
/** Longer notes are left to the page of the release. */
const MAX_NOTES = 100_000

/** One line: a name of people's making adds no line to a header. */
const oneLine = (text: string) => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()

function subjectOf({ name: project }: Project, { name, tagName }: Release): string {
  const title = tagName == null || name === tagName ? name : `${name} - ${tagName}`
  return oneLine(`${project} | New release: ${title}`).slice(0, MAX_SUBJECT)
}

const assetsOf = ({ assets }: Release) => [
  ...(assets?.links ?? []).slice(0, MAX_LINKS).map(({ name, url }) => ({ name: oneLine(name ?? ''), url: url ?? '' })),
  ...(assets?.sources?.nodes ?? []).map((source) => ({
    name: `Source code (${source?.format})`,
    url: source?.url ?? '',
  })),
]

/** Paths on this server, such as those of files, lead nowhere in a mail. */
const withOrigin = (notes: string, { listUrl }: Pick<Shown, 'listUrl'>) =>
  notes.replace(/<(a href|img src)="(?=\/(?!\/))/g, `$&${new URL(listUrl).origin}`)

type Shown = { project: Project; release: Release; notes: string; listUrl: string; unsubscribeUrl: string }

const REASON = 'You get this mail because your notification settings ask for new releases.'

const sentence = ({ project, release: { name, tagName } }: Shown) =>
  `${oneLine(project.name)} has a new release: ${oneLine(name ?? '')}${tagName == null || tagName === name ? '' : ` (${tagName})`}`

function textOf(shown: Shown): string {
  const { release, listUrl, unsubscribeUrl } = shown
  const assets = assetsOf(release).map(({ name, url }) => `- ${name}: ${url}`)
  const notes = release.description ?? ''
  return [
    `${sentence(shown)}\n${release.links?.selfUrl}\n\nAll releases: ${listUrl}`,
    assets.length > 0 ? `Assets:\n${assets.join('\n')}` : [],
    notes === '' ? [] : `Release notes:\n\n${notes.slice(0, MAX_NOTES)}${notes.length > MAX_NOTES ? '\n...' : ''}`,
    `-- \n${REASON}\nNo more mails about this project: ${unsubscribeUrl}`,
  ]
    .flat()
    .join('\n\n')
}

async function htmlOf(shown: Shown): Promise<string> {
  const { project, release, notes, listUrl, unsubscribeUrl } = shown
  const assets = assetsOf(release).map(({ name, url }) => html`<li><a href="${url}">${name}</a></li>`)
  return String(
    await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${subjectOf(project, release)}</title></head><body>
<p><a href="${release.links?.selfUrl ?? listUrl}">${sentence(shown)}</a>. <a href="${listUrl}">All releases</a></p>
${assets.length > 0 ? html`<h2>Assets</h2><ul>${assets}</ul>` : ''}
${notes === '' ? '' : html`<h2>Release notes</h2>${notes.length > MAX_NOTES ? html`<p>They are long: read them on the page of the release.</p>` : raw(withOrigin(notes, shown))}`}
<p><small>${REASON} <a href="${unsubscribeUrl}">No more mails about this project</a></small></p>
</body></html>`,
  )
}

type Parts = Pick<Context, 'baseUrl' | 'repositories' | 'log' | 'mayReach'>

/**
 * Writes the mail about a release for readers with the same abilities as the first. They see the same, besides what the notes name
 * elsewhere. Null when they see no release.
 */
export const createLetterWriter =
  (parts: Parts) =>
  async (first: Viewer, row: ReleaseOfProject): Promise<Letter | null> => {
    const context: Context = { ...parts, viewer: first, requestId: randomUUID(), ipAddress: null }
    const { project } = await releaseMail(context, { project: row.projectId, number: row.id })
    const release = project?.release
    if (!project || !release) return null
    const host = new URL(parts.baseUrl).hostname.replace(/[[\]]/g, '')
    const listUrl = `${parts.baseUrl}/${project.fullPath}/-/releases`
    const notesFor = await showHtmlToMany(parts, first, release.keptHtml ?? '', {
      project: row.project,
      ref: row.tag,
    })
    return async (reader, { to, unsubscribeUrl }) => {
      const shown = { project, release, notes: notesFor(reader), listUrl, unsubscribeUrl }
      return {
        to: { ...to, name: oneLine(to.name) },
        subject: subjectOf(project, release),
        text: textOf(shown),
        html: await htmlOf(shown),
        messageId: `<release_${row.id}@${host}>`,
        list: { id: `project-${row.projectId}.releases.${host}`, name: oneLine(project.fullPath) },
        unsubscribeUrl,
      }
    }
  }
