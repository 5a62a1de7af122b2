import { html } from 'hono/html'
import { AnswerTooLarge, newAnswer } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import type { FeedQuery } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { inTurn } from '../../../markdown/render-in-turn.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { Markup } from '../kit/layout.ts'
import { feed } from './page-documents.ts'

/** Characters that XML cannot contain in any notation. */
const NOT_XML = /[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const clean = (text: string | null | undefined) => (text ?? '').replace(NOT_XML, '\ufffd')

type Entry = NonNullable<FeedQuery['project']>['page']['rows'][number]

/** If the notes are very long, the feed has only as many entries as fit, because a feed reader cannot ask for fewer. */
async function newest(context: Context, { id }: Project): Promise<Entry[]> {
  const ask = async (answer: Context, size?: number) =>
    (await feed(answer, { project: id, size })).project?.page.rows ?? []
  try {
    return await ask(context)
  } catch (error) {
    const rows = error instanceof AnswerTooLarge ? error.suggestions[0]?.rows : undefined
    if (rows === undefined) throw error
    return ask(newAnswer(context), rows)
  }
}

// The id is the same for all viewers and for ever, so it does not contain the tag.
const entry = ({ permanentUrl, name, links, assets, releasedAt, updatedAt, author, content }: Entry) => html`
  <entry>
    <id>${permanentUrl}</id>
    <title>${clean(name)}</title>
    <link rel="alternate" type="text/html" href="${links?.selfUrl}"/>${assets?.links.map(
      ({ name, url }) => html`
    <link rel="enclosure" href="${clean(url)}" title="${clean(name)}"/>`,
    )}
    <published>${releasedAt}</published>
    <updated>${updatedAt}</updated>${
      author
        ? html`
    <author><name>${clean(author.name)}</name></author>`
        : ''
    }
    <content type="html">${clean(content)}</content>
  </entry>`

/** An Atom feed (RFC 4287) of the newest releases. */
export async function atomFeed(context: Context, project: Project): Promise<string> {
  const page = `${projectUrl(context, project)}/-/releases`
  const entries: Markup[] = []
  // Entries take turns, because escaping long notes takes a while.
  for (const release of await newest(context, project)) entries.push(await inTurn(() => entry(release)))
  const text = await html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${page}</id>
  <title>${clean(project.name)}: releases</title>
  <link rel="self" type="application/atom+xml" href="${page}.atom"/>
  <link rel="alternate" type="text/html" href="${page}"/>
  <author><name>${clean(project.name)}</name></author>
  <updated>${project.updatedAt.toISOString()}</updated>${entries}
</feed>
`
  return text.toString()
}
