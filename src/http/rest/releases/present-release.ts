// The body of a release in REST (docs/contract/rest-bodies.md#release). It leaves out the keys that the viewer may not see.
import { z } from 'zod'
import type { ReleaseFragment, ReleaseMarksFragment } from '../../../generated/documents.ts'
import { sourceFormats } from '../../../modules/releases/release-urls.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'
import { MilestoneWithStatsBody, toMilestoneWithStats } from '../milestones/present-milestone.ts'
import { CommitBody } from '../repository/present-commit.ts'
import { UserBody } from '../users/user-bodies.ts'
import { LinkBody, toLink } from './present-link.ts'
import { MarksBody, toMarks } from './release-marks-documents.ts'

const EvidenceBody = z.object({ sha: z.string(), filepath: z.string(), collected_at: Time }).meta({ id: 'Evidence' })

const url = z.string()

const ReleaseLinksBody = z
  .object({
    closed_issues_url: url.optional(),
    closed_merge_requests_url: url.optional(),
    edit_url: url.optional(),
    merged_merge_requests_url: url.optional(),
    opened_issues_url: url.optional(),
    opened_merge_requests_url: url.optional(),
    self: url,
  })
  .meta({ id: 'ReleaseLinks', description: 'Pages about a release. Viewers who may not read code get only `self`.' })

export const SimpleReleaseBody = z
  .object({
    name: z.string(),
    tag_name: z.string().optional(),
    description: z.string().nullable(),
    created_at: Time,
    released_at: Time,
    upcoming_release: z.boolean(),
  })
  .meta({ id: 'SimpleRelease' })

const AssetsBody = z.object({
  count: z.int(),
  sources: z.array(z.object({ format: z.enum(sourceFormats), url })).optional(),
  links: z.array(LinkBody),
  evidence_file_path: url.optional().describe('The absolute URL of the newest evidence.'),
})

/** The order is that of docs/contract/rest-bodies.md#release. */
export const ReleaseBody = z
  .object({
    ...SimpleReleaseBody.shape,
    historical_release: z.boolean(),
    description_html: z.string().optional(),
    author: UserBody.optional(),
    commit: CommitBody.nullish(),
    milestones: z.array(MilestoneWithStatsBody).optional(),
    commit_path: z.string().optional(),
    tag_path: z.string().optional(),
    evidence_sha: z.string().optional().describe('The digest of the newest evidence.'),
    assets: AssetsBody,
    evidences: z.array(EvidenceBody).optional(),
    _links: ReleaseLinksBody,
    _waybill: MarksBody.optional(),
  })
  .meta({
    id: 'Release',
    description:
      'A release. Viewers who may not read code get `Release-<id>` as the `name`, and no tag, commit, source or evidence.',
  })

export const toSimpleRelease = presenter(SimpleReleaseBody)

type Body = z.output<typeof ReleaseBody>
type Shown = ReleaseFragment & { description_html?: string | null } & (
    | ReleaseMarksFragment
    | { make_latest?: undefined }
  )

/** Only viewers who may read code learn tags. They also see commits, sources and evidence. */
const showsTag = ({ tag_name }: Shown) => tag_name !== null

const presentAssets = presenter(AssetsBody)
const presentLinks = presenter(ReleaseLinksBody)
const present = presenter(ReleaseBody)

function toAssets(release: Shown, newest: Shown['evidences'][number] | undefined) {
  const { assets, links } = release
  return presentAssets({
    count: assets?.count,
    sources: showsTag(release) ? (assets?.sources?.nodes as Body['assets']['sources']) : undefined,
    links: assets?.links.map(toLink),
    evidence_file_path: newest && links?.newest_evidence_url,
  })
}

function toCommit({ path: _, ...commit }: NonNullable<Shown['commit']>) {
  return commit
}

export function toRelease(shown: Shown): Body {
  const { commit, milestones, evidences, links } = shown
  const newest = evidences.at(-1)
  return present({
    ...shown,
    commit: showsTag(shown) ? commit && toCommit(commit) : undefined,
    milestones: milestones.length > 0 ? milestones.map(toMilestoneWithStats) : undefined,
    commit_path: commit?.path,
    evidence_sha: newest?.sha,
    assets: toAssets(shown, newest),
    evidences: showsTag(shown) ? evidences : undefined,
    _links: presentLinks(links as NonNullable<Shown['links']>),
    _waybill: shown.make_latest && toMarks(shown),
  })
}
