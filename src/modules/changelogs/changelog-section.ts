import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { projectUrl } from '../projects/project-url.ts'
import { type AuthorAccount, accountsOfAuthors } from './author-accounts.ts'
import type { Change } from './changed-commits.ts'
import type { ChangelogConfig } from './changelog-config.ts'
import { changelogFailure } from './changelog-failure.ts'
import { renderTemplate, type Template, TemplateError, type TemplateValue } from './template.ts'

const pad = (number: number) => String(number).padStart(2, '0')

/** Formats of strftime, in UTC. Any other letter stays as it is. */
const dateParts: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getUTCFullYear()),
  y: (date) => pad(date.getUTCFullYear() % 100),
  m: (date) => pad(date.getUTCMonth() + 1),
  d: (date) => pad(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  B: (date) => date.toLocaleString('en', { month: 'long', timeZone: 'UTC' }),
  b: (date) => date.toLocaleString('en', { month: 'short', timeZone: 'UTC' }),
  A: (date) => date.toLocaleString('en', { weekday: 'long', timeZone: 'UTC' }),
  a: (date) => date.toLocaleString('en', { weekday: 'short', timeZone: 'UTC' }),
  H: (date) => pad(date.getUTCHours()),
  M: (date) => pad(date.getUTCMinutes()),
  S: (date) => pad(date.getUTCSeconds()),
  F: (date) => date.toISOString().slice(0, 10),
  '%': () => '%',
}

const formatDate = (date: Date, format: string) =>
  format.replace(/%([A-Za-z%])/g, (whole, letter: string) => dateParts[letter]?.(date) ?? whole)

/** What a template may show of a commit. */
export function entryOf(context: Context, project: Project, change: Change, account: AuthorAccount | undefined) {
  const { commit, title, trailers } = change
  const reference = `${project.fullPath}@${commit.sha}`
  const web_url = `${projectUrl(context, project)}/-/commit/${commit.sha}`
  const author = account && {
    reference: `@${account.username}`,
    contributor: account.isContributor,
    credit: account.isCredited,
  }
  const shown = { title, commit: { reference, web_url, trailers: Object.fromEntries(trailers) } }
  return author ? { ...shown, author } : shown
}

/** Configured categories come first, in the order of the configuration, and the others in the order of their first change. */
export async function categoriesOf(
  context: Context,
  project: Project,
  {
    changes,
    config,
    titles,
  }: { changes: readonly Change[]; config: ChangelogConfig; titles: ReadonlyMap<string, string> },
): Promise<TemplateValue[]> {
  const emails = changes.map(({ commit }) => commit.authorEmail)
  const accounts = await accountsOfAuthors(context, project, { emails, creditedGroups: config.include_groups })
  const byTitle = new Map<string, TemplateValue[]>([...titles.values()].map((title) => [title, []]))
  for (const change of changes) {
    const title = titles.get(change.category) ?? change.category
    const entries = byTitle.get(title) ?? []
    entries.push(entryOf(context, project, change, accounts.get(change.commit.authorEmail)))
    byTitle.set(title, entries)
  }
  return [...byTitle]
    .filter(([, entries]) => entries.length > 0)
    .map(([title, entries]) => ({ title, count: entries.length, single_change: entries.length === 1, entries }))
}

/** The text of the template, without the white space around it. */
export function textOf(template: Template, value: TemplateValue): string {
  try {
    return renderTemplate(template, value).trim()
  } catch (error) {
    throw error instanceof TemplateError ? changelogFailure(error.message) : error
  }
}

type Heading = { version: string; date: Date; format: string }

/** The heading has the same shape in every changelog, because the next section finds its place by it. */
export const sectionOf = ({ version, date, format }: Heading, text: string) =>
  `## ${version} (${formatDate(date, format)})\n\n${text}\n`
