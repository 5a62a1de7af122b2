import { z } from 'zod'
import { LinkType } from '../../../generated/prisma/enums.ts'
import { RemoteRefusal } from '../../../outgoing/remote-server.ts'
import { versionKeyOf } from '../../releases/tag-name.ts'
import { Shown } from './gitlab-milestones.ts'
import { inShort, type Leave, type SourceProject, type SourceRelease, time } from './source.ts'

const Link = z.object({
  name: z.string(),
  url: z.string(),
  direct_asset_url: z.string().nullish(),
  link_type: z.enum(LinkType).catch('other'),
})

const Releases = z.array(
  z.object({
    // Absent for a token that may not read the code.
    tag_name: z.string({ error: 'the token may not read the tags' }),
    name: z.string().nullish(),
    description: z.string().nullish(),
    released_at: time,
    milestones: z.array(Shown).default([]),
    assets: z.object({ links: z.array(Link).default([]) }),
    /** What a Waybill alone tells. */
    _waybill: z.object({ prerelease: z.boolean().nullish(), make_latest: z.string().nullish() }).nullish(),
  }),
)

/** The permanent path that `direct_asset_url` ends with. */
function filepathOf({ direct_asset_url: direct, url }: z.output<typeof Link>, tag: string): string | null {
  const [, path] = direct?.split(`/-/releases/${encodeURIComponent(tag)}/downloads/`) ?? []
  return path === undefined || direct === url ? null : `/${path}`
}

type Row = z.output<typeof Releases>[number]

/** What the version in the tag says, too, is nobody's word, which everybody would see here. */
function marksOf({ tag_name: tag, _waybill: marks }: Row) {
  if (!marks) return {}
  const prerelease = marks.prerelease === versionKeyOf(tag).prerelease ? null : (marks.prerelease ?? null)
  return { prerelease, ...(marks.make_latest === 'yes' ? { isLatest: true } : {}) }
}

const toRelease = (row: Row) => ({
  tag: row.tag_name,
  name: row.name ?? null,
  description: row.description ?? null,
  releasedAt: row.released_at,
  milestones: row.milestones.map(({ title }) => title),
  // The source lists the newest first.
  links: row.assets.links.toReversed().map((link) => ({
    name: link.name,
    url: link.url,
    linkType: link.link_type,
    filepath: filepathOf(link, row.tag_name),
  })),
  ...marksOf(row),
})

/** Earlier versions did not ask for marks, and kept the order of the source. */
export function formerRelease({ prerelease: _, isLatest: __, ...row }: SourceRelease): SourceRelease {
  return { ...row, links: row.links.toReversed() }
}

const Drafts = z.array(z.object({ tag_name: z.string() }))

/** Who may not see drafts has none to bring. */
async function leaveDrafts(pages: AsyncIterable<unknown>, leave: Leave): Promise<void> {
  const tags: string[] = []
  try {
    for await (const page of pages) tags.push(...Drafts.parse(page).map(({ tag_name: tag }) => tag))
  } catch (error) {
    if (!(error instanceof RemoteRefusal) || ![401, 403, 404].includes(error.status)) throw error
  }
  if (tags.length === 0) return
  leave('Drafts', `publish them at the source, and import again, or make them anew here: ${inShort(tags)}`)
}

/** `note` takes the milestones of each page. Other servers than a Waybill do not know its parameters, and have no drafts. */
export async function* gitlabReleases(
  { leave }: SourceProject,
  list: (rest: string) => AsyncIterable<unknown>,
  note: (milestones: Row['milestones']) => void,
): AsyncGenerator<SourceRelease[]> {
  let isWaybill = true
  for await (const page of list('releases?order_by=released_at&sort=asc&waybill=true')) {
    const rows = Releases.parse(page)
    isWaybill &&= rows.every(({ _waybill: marks }) => marks != null)
    note(rows.flatMap(({ milestones }) => milestones))
    yield rows.map(toRelease)
  }
  if (isWaybill) await leaveDrafts(list('releases?drafts=true'), leave)
}
