// A release as REST shows it, key by key (docs/contract/rest-bodies.md#release). What a viewer may not see has no key.
import { z } from 'zod'
import { sourceFormats } from '../../../modules/releases/release-urls.ts'
import { Time } from '../kit/dates.ts'
import { MilestoneWithStatsBody } from '../milestones/present-milestone.ts'
import { CommitBody } from '../repository/present-commit.ts'
import { UserBody } from '../users/user-bodies.ts'
import { LinkBody } from './present-link.ts'

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
  .meta({ id: 'ReleaseLinks', description: 'Pages about a release; for viewers who may not read code `self` alone.' })

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
    evidence_sha: z.string().optional().describe('Of the newest evidence.'),
    assets: z.object({
      count: z.int(),
      sources: z.array(z.object({ format: z.enum(sourceFormats), url })).optional(),
      links: z.array(LinkBody),
      evidence_file_path: url.optional().describe('Absolute URL of the newest evidence.'),
    }),
    evidences: z.array(EvidenceBody).optional(),
    _links: ReleaseLinksBody,
  })
  .meta({
    id: 'Release',
    description:
      'A release. For viewers who may not read code `name` is `Release-<id>` and there is no tag, commit, source or evidence.',
  })
