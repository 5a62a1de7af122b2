// The parameters of a release (docs/contract/releases.md#rest).
import { z } from 'zod'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { LinkType } from '../../../generated/prisma/client.ts'
import type { LinkValues } from '../../../modules/assets/link-rules.ts'
import type { MilestoneChoice } from '../../../modules/milestones/find-milestones.ts'
import { flag, integer, listOf, optional, storedText, text, time } from '../kit/fields.ts'
import { linkTypes } from './present-link.ts'
import { markFields, markValuesOf } from './release-marks-documents.ts'

export const projectId = text('fullPath').describe('The number of the project, or its encoded full path.')
export const tagName = text('ref').describe('The tag. In a path its slashes are encoded.')

const directAssetPath = storedText('filepath')
  .nullish()
  .describe('The path in the permanent URL, such as `/bin/linux`.')
const filepath = storedText('filepath')
  .nullish()
  .describe('The old name of `direct_asset_path`, which wins when both are given.')
  .meta({ deprecated: true })

export const linkPathFields = { direct_asset_path: directAssetPath, filepath }

type PathFields = { [Name in keyof typeof linkPathFields]?: string | null | undefined }

/** The path that the client gives: null to remove the path, undefined when the client gives none. */
export const storedPath = (input: PathFields) =>
  input.direct_asset_path ?? input.filepath ?? (input.direct_asset_path === null ? null : input.filepath)

export const waybill = optional(flag).describe('Whether to add `_waybill`, which has what GitLab does not have.')

const LinkInput = z.object({
  name: storedText('name'),
  url: storedText('url'),
  ...linkPathFields,
  link_type: text('name')
    .nullish()
    .describe(`One of ${linkTypes.join(', ')}. \`other\` without it.`),
})

const milestoneFields = {
  milestones: listOf(text('name')).nullish().describe('Titles of milestones. Also one text with commas.'),
  milestone_ids: listOf(integer())
    .nullish()
    .describe('Numbers of milestones instead of titles. Also one text with commas.'),
}

type MilestoneFields = { milestones?: string[] | null | undefined; milestone_ids?: number[] | null | undefined }

export const areExclusive = ({ milestones, milestone_ids }: MilestoneFields) =>
  milestones == null || milestone_ids == null

export const EXCLUSIVE = 'milestones, milestone_ids are mutually exclusive'

const milestoneChoice = ({ milestones, milestone_ids }: MilestoneFields): MilestoneChoice => ({
  titles: milestones,
  ids: milestone_ids,
})

export const ReleaseInput = z.object({
  id: projectId,
  name: storedText('releaseName').nullish().describe('The title. The tag is the title without it.'),
  description: storedText('description').nullish().describe('The release notes in Markdown.'),
  released_at: optional(time).describe('The time when the release was or will be published. Now without it.'),
  ...milestoneFields,
  ...markFields,
  waybill,
  draft: optional(flag).describe('Whether to keep it back as a draft. Not in GitLab.'),
  tag_name: tagName,
  tag_message: storedText('tagMessage').nullish().describe('A message makes a new tag annotated.'),
  generate_notes: optional(flag).describe(
    'Whether to append notes from what was done since the previous version. Everybody who reads the release reads them.',
  ),
  ref: text('ref').nullish().describe('The branch, tag or commit that a new tag will point to.'),
  assets: optional(z.object({ links: optional(listOf(LinkInput)) })).describe('The links of the release.'),
})

/** A change makes no tag and no links, so it has no parameters for them. */
export const ReleaseChanges = ReleaseInput.omit({
  tag_message: true,
  generate_notes: true,
  ref: true,
  assets: true,
  draft: true,
})

/** The values that a new release and a change have in common. */
export const valuesOf = (input: Omit<z.output<typeof ReleaseChanges>, 'waybill'>) => ({
  name: input.name,
  description: input.description,
  releasedAt: input.released_at ?? undefined,
  milestones: milestoneChoice(input),
  ...markValuesOf(input),
})

const isLinkType = (value: string): value is LinkType => linkTypes.some((type) => type === value)

/** A wrong type counts as a broken rule (`message`) and not as a wrong parameter (`error`). */
export function linkValuesOf(input: z.output<typeof LinkInput>): LinkValues & { linkType: LinkType } {
  const linkType = input.link_type ?? 'other'
  if (!isLinkType(linkType)) {
    throw new RuleViolation('INVALID', `'${linkType.slice(0, 100)}' is not a valid link_type: ${linkTypes.join(', ')}`)
  }
  return { name: input.name, url: input.url, filepath: storedPath(input) ?? null, linkType }
}

/** The parameters of lists of releases that GitLab does not have. */
export const searchFields = {
  search: text('search')
    .nullish()
    .describe('Words in the title and the notes; without code access in the notes alone. Not in GitLab.'),
  milestone_title: text('milestone').nullish().describe('Only releases with a milestone of this title. Not in GitLab.'),
  tag_prefix: text('tag')
    .nullish()
    .describe('Only releases whose tag begins with this. Needs code access. Not in GitLab.'),
  author: text('username').nullish().describe('Only releases that this username created. Not in GitLab.'),
}

type Search = { [Name in keyof typeof searchFields]?: string | null | undefined }

export const searchIn = ({ search, milestone_title, tag_prefix, author }: Search) => ({
  search,
  milestoneTitle: milestone_title,
  tagPrefix: tag_prefix,
  author,
})
