// What clients may say of a release (docs/contract/releases.md#rest).
import { z } from 'zod'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { LinkType } from '../../../generated/prisma/client.ts'
import type { LinkValues } from '../../../modules/assets/link-rules.ts'
import type { MilestoneChoice } from '../../../modules/milestones/find-milestones.ts'
import { integer, listOf, optional, storedText, text, time } from '../kit/fields.ts'
import { linkTypes } from './present-link.ts'

export const projectId = text('fullPath').describe('Number of the project, or its full path, encoded.')
export const tagName = text('ref').describe('The tag; slashes in a path are encoded.')

const directAssetPath = storedText('filepath').nullish().describe('Path of the permanent URL, such as `/bin/linux`.')
const filepath = storedText('filepath')
  .nullish()
  .describe('The same; `direct_asset_path` wins.')
  .meta({ deprecated: true })

export const linkPathFields = { direct_asset_path: directAssetPath, filepath }

type PathFields = { [Name in keyof typeof linkPathFields]?: string | null | undefined }

/** Undefined: not given. */
export const storedPath = (input: PathFields) =>
  input.direct_asset_path ?? input.filepath ?? (input.direct_asset_path === null ? null : input.filepath)

const LinkInput = z.object({
  name: storedText('name'),
  url: storedText('url'),
  ...linkPathFields,
  link_type: text('name')
    .nullish()
    .describe(`One of ${linkTypes.join(', ')}; other without it.`),
})

const milestoneFields = {
  milestones: listOf(text('name')).nullish().describe('Titles; also one text with commas.'),
  milestone_ids: listOf(integer()).nullish().describe('Numbers instead of titles; also one text with commas.'),
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
  name: storedText('releaseName').nullish().describe('Title; the tag without it.'),
  description: storedText('description').nullish().describe('Release notes in Markdown.'),
  released_at: optional(time).describe('When it was or will be published; now without it.'),
  ...milestoneFields,
  tag_name: tagName,
  tag_message: storedText('tagMessage').nullish().describe('Makes a new tag annotated.'),
  ref: text('ref').nullish().describe('Branch, tag or commit that a new tag points to.'),
  assets: optional(z.object({ links: optional(listOf(LinkInput)) })).describe('Its links.'),
})

/** A tag and links are made with a release only. */
export const ReleaseChanges = ReleaseInput.omit({ tag_message: true, ref: true, assets: true })

/** What may be said of a release, new or not. */
export const valuesOf = ({ name, description, released_at, ...input }: z.output<typeof ReleaseChanges>) => ({
  name,
  description,
  releasedAt: released_at ?? undefined,
  milestones: milestoneChoice(input),
})

const isLinkType = (value: string): value is LinkType => linkTypes.some((type) => type === value)

/** A wrong type is a broken rule here, not a wrong parameter. */
export function linkValuesOf(input: z.output<typeof LinkInput>): LinkValues & { linkType: LinkType } {
  const linkType = input.link_type ?? 'other'
  if (!isLinkType(linkType)) {
    throw new RuleViolation('INVALID', `'${linkType.slice(0, 100)}' is not a valid link_type: ${linkTypes.join(', ')}`)
  }
  return { name: input.name, url: input.url, filepath: storedPath(input) ?? null, linkType }
}
