// Releases and milestones from GitHub: https://docs.github.com/en/rest
import { z } from 'zod'
import { type ImportSource, identifyProject, ifReadable, number, pagesOf, type SourceProject, time } from './source.ts'

const Asset = z.object({ name: z.string(), browser_download_url: z.string() })

/** GitHub and Gitea describe a release alike. */
const Releases = z.array(
  z.object({
    tag_name: z.string(),
    name: z.string().nullish(),
    body: z.string().nullish(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    target_commitish: z.string().nullish(),
    created_at: time,
    published_at: time.nullish(),
    assets: z.array(Asset).default([]),
  }),
)

type Release = z.output<typeof Releases>[number]

export const toRelease = (row: Release) => ({
  tag: row.tag_name,
  name: row.name || null,
  description: row.body || null,
  releasedAt: row.published_at ?? row.created_at,
  prerelease: row.prerelease,
  ...(row.draft ? { draftOf: row.target_commitish || null } : {}),
  milestones: [],
  links: row.assets.map(({ name, browser_download_url: url }) => ({
    name,
    url,
    filepath: null,
    linkType: 'other' as const,
  })),
})

/**
 * All releases, oldest first. Both servers list the newest first, and cannot be asked otherwise. They may have several drafts of a
 * tag, also of one that is released.
 */
export async function allReleases({ leave }: SourceProject, pages: AsyncIterable<unknown>): Promise<Release[]> {
  const rows: Release[] = []
  for await (const page of pages) rows.push(...Releases.parse(page))
  const taken = new Set(rows.flatMap(({ draft, tag_name }) => (draft ? [] : [tag_name])))
  const kept = rows.filter(({ draft, tag_name: tag }) => {
    if (!draft) return true
    if (taken.has(tag)) leave(`The draft of ${tag}`, 'another draft or release has its tag')
    return taken.size < taken.add(tag).size
  })
  return kept.toReversed()
}

const Milestones = z.array(
  z.object({
    /** Gitea has none. */
    number: number.nullish(),
    title: z.string(),
    description: z.string().nullish(),
    state: z.enum(['open', 'closed']),
    due_on: time.nullish(),
  }),
)

const Issues = z.array(
  z.object({
    number,
    title: z.string(),
    body: z.string().nullish(),
    state: z.enum(['open', 'closed']),
    milestone: z.object({ title: z.string() }).nullish(),
    due_date: time.nullish(),
    /** GitHub and Gitea list pull requests among the issues. */
    pull_request: z.unknown(),
  }),
)

const milestoneStates = { open: 'active', closed: 'closed' } as const
const issueStates = { open: 'opened', closed: 'closed' } as const

export const toMilestones = (page: unknown) =>
  Milestones.parse(page).map(({ number: iid = null, state, description, due_on: dueDate, title }) => {
    const dates = { startDate: null, dueDate: dueDate ?? null }
    return { iid, title, description: description ?? null, state: milestoneStates[state], ...dates }
  })

export const toIssues = (page: unknown) =>
  Issues.parse(page).flatMap(({ number, title, body, state, milestone, due_date: dueDate, pull_request: isPull }) => {
    const shared = { iid: number, title, description: body ?? null, state: issueStates[state], confidential: false }
    return milestone && isPull == null ? [{ ...shared, milestone: milestone.title, dueDate: dueDate ?? null }] : []
  })

export function githubSource(source: SourceProject): ImportSource {
  const { server, from, path, leave } = source
  // GitHub's own API has a host for itself, and that of an enterprise a path.
  const repository = `${from.hostname === 'github.com' ? '' : 'api/v3/'}repos/${path}`
  const list = (rest: string) => pagesOf(server, `${repository}/${rest}`)
  const read = {
    async *milestones() {
      for await (const page of list('milestones?state=all&direction=asc')) yield toMilestones(page)
    },
    async *issues() {
      for await (const page of list('issues?state=all&milestone=*&direction=asc')) yield toIssues(page)
    },
  }
  return {
    gitUrl: `${from.href.replace(/\/$/, '')}/${path}.git`,
    identify: () => identifyProject(source, repository),
    milestones: () => ifReadable(read.milestones(), 'Milestones', leave),
    issues: () => ifReadable(read.issues(), 'Issues', leave),
    groupMilestones: () => [],
    formerRelease: (row) => row,
    async *releases() {
      yield (await allReleases(source, list('releases'))).map(toRelease)
    },
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *protectedTags() {
      leave('Protected tags', 'GitHub has rulesets, which say something else')
    },
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *packageFiles() {
      leave('Packages', 'GitHub has no generic packages: the files of releases come along as links')
    },
    packageFilePath: ({ fileName }) => fileName,
    packageUrls: () => [],
  }
}
