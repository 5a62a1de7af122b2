import type { z } from 'zod'
import type { ReleaseFragment, SimpleReleaseFragment } from '../../../generated/documents.ts'
import { present } from '../kit/present.ts'
import { toMilestoneWithStats } from '../milestones/present-milestone.ts'
import { toLink } from './present-link.ts'
import type { ReleaseBody, SimpleReleaseBody } from './release-bodies.ts'

export const toSimpleRelease = (release: SimpleReleaseFragment) =>
  present<z.output<typeof SimpleReleaseBody>>(release, ['description'])

type Body = z.output<typeof ReleaseBody>
type Shown = ReleaseFragment & { description_html?: string | null }

/** Only viewers who read code learn the tag, and see commits, sources and evidence. */
const readsCode = ({ tag_name }: Shown) => tag_name !== null

function toAssets(release: Shown, newest: Shown['evidences'][number] | undefined): Body['assets'] {
  const { assets, links } = release
  return present<Body['assets']>({
    count: assets?.count,
    sources: readsCode(release) ? (assets?.sources?.nodes as Body['assets']['sources']) : undefined,
    links: assets?.links.map(toLink),
    evidence_file_path: newest && links?.newest_evidence_url,
  })
}

function toLinks({ links }: Shown): Body['_links'] {
  const { newest_evidence_url: _, ...urls } = links as NonNullable<Shown['links']>
  return present<Body['_links']>(urls)
}

function toCommit({ path: _, ...commit }: NonNullable<Shown['commit']>) {
  return commit
}

/** Its keys in the order of docs/contract/rest-bodies.md#release. */
export function toRelease(shown: Shown): Body {
  const { description_html, author, commit, milestones, tag_path, assets: _, evidences, links: __, ...simple } = shown
  const newest = evidences.at(-1)
  return present<Body>(
    {
      ...simple,
      description_html,
      author,
      commit: readsCode(shown) ? commit && toCommit(commit) : undefined,
      milestones: milestones.length > 0 ? milestones.map(toMilestoneWithStats) : undefined,
      commit_path: commit?.path,
      tag_path,
      evidence_sha: newest?.sha,
      assets: toAssets(shown, newest),
      evidences: readsCode(shown) ? evidences : undefined,
      _links: toLinks(shown),
    },
    ['description', 'commit'],
  )
}
