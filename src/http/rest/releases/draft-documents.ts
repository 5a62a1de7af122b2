// Drafts as REST shows them. GitLab has none, so every key is ours where GitLab's release has no such key.
import { z } from 'zod'
import type { DraftFragment } from '../../../generated/documents.ts'
import type { DraftNode } from '../../../modules/publishing/draft-loaders.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'
import { milestoneFragment } from '../milestones/milestone-documents.ts'
import { MilestoneBody, toMilestone } from '../milestones/present-milestone.ts'
import { UserBody } from '../users/user-bodies.ts'
import { userFragment } from '../users/user-documents.ts'
import { linkTypes } from './present-link.ts'
import { draftMarksFragment, MarksBody, toMarks } from './release-marks-documents.ts'

const DraftLinkBody = z.object({
  name: z.string(),
  url: z.string(),
  direct_asset_path: z.string().optional(),
  link_type: z.enum(linkTypes),
})

export const DraftBody = z
  .object({
    name: z.string(),
    tag_name: z.string(),
    description: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
    released_at: Time.nullable(),
    author: UserBody.optional(),
    milestones: z.array(MilestoneBody),
    assets: z.object({ links: z.array(DraftLinkBody) }),
    ref: z.string().nullable(),
    tag_message: z.string().nullable(),
    ...MarksBody.shape,
  })
  .meta({ id: 'Draft', description: 'A release that is not published yet.' })

const presentLink = presenter(DraftLinkBody)

const toLink = (link: NonNullable<DraftFragment['links']>[number]) =>
  presentLink({ ...link, link_type: link.link_type.toLowerCase() as (typeof linkTypes)[number] })

const present = presenter(DraftBody)

const toDraft = (draft: DraftFragment) =>
  present({
    ...draft,
    milestones: (draft.milestones ?? []).map(toMilestone),
    assets: { links: (draft.links ?? []).map(toLink) },
    ...toMarks(draft),
  })

export const shownDrafts = shownRows<DraftNode, DraftFragment, z.output<typeof DraftBody>>(
  /* GraphQL */ `
    query Drafts { given { rows: releaseDrafts { ...Draft } } }
    fragment Draft on ReleaseDraft {
      name
      tag_name: tagName
      description
      created_at: createdAt
      updated_at: updatedAt
      released_at: releasedAt
      author { ...User }
      milestones { ...Milestone }
      links { name url direct_asset_path: directAssetPath link_type: linkType }
      ref
      tag_message: tagMessage
      ...DraftMarks
    }
    ${userFragment} ${milestoneFragment} ${draftMarksFragment}
  `,
  toDraft,
)
