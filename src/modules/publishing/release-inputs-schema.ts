// What the mutations of releases and drafts have in common.
import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'
import { ReleaseAssetLinkType } from '../assets/link-schema.ts'
import type { ReleaseCreate } from './create-release.ts'
import { markFields, nullableMarks } from './release-marks-schema.ts'

const ReleaseAssetLinkInput = builder.inputType('ReleaseAssetLinkInput', {
  description: 'A link of a new release.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name, unique in the release.' }),
    url: t.string({
      required: true,
      description: 'Absolute http, https or ftp URL, unique in the release.',
    }),
    directAssetPath: t.string({
      description: 'Path of the permanent URL: `/` and at least three characters of `A-Za-z0-9_-./`.',
    }),
    linkType: t.field({ type: ReleaseAssetLinkType, defaultValue: 'other', description: 'What the link leads to.' }),
  }),
})

export const ReleaseAssetsInput = builder.inputType('ReleaseAssetsInput', {
  description: 'What can be downloaded from a new release.',
  fields: (t) => ({ links: t.field({ type: [ReleaseAssetLinkInput], description: 'Its links.' }) }),
})

/** Undefined when no links are given. */
export const linksOf = (assets: typeof ReleaseAssetsInput.$inferInput | null | undefined): ReleaseCreate['links'] =>
  assets?.links?.map(({ directAssetPath, linkType, ...link }) => ({
    ...link,
    filepath: directAssetPath ?? null,
    linkType: linkType ?? 'other',
  }))

/** How a missing tag is made. */
export const newTagFields = (t: InputFields) => ({
  tagMessage: t.string({ description: 'Makes a new tag annotated. Unused when the tag exists.' }),
  ref: t.string({ description: 'Branch, tag or commit that a new tag points to. Unused when the tag exists.' }),
})

/** What can be said of a release when it is published, changed or kept back as a draft. */
export const valueFields = (t: InputFields) => ({
  name: t.string({ description: 'Title. Without a title the tag is shown.' }),
  description: t.string({ description: 'Release notes in Markdown.' }),
  releasedAt: t.field({
    type: 'Time',
    description: 'When it was or will be published. Without a date it is the time of the publication.',
  }),
  milestones: t.stringList({
    description: 'Titles of milestones of the project and of its immediate group. A change replaces the present ones.',
  }),
  milestoneIds: t.field({
    type: ['MilestoneID'],
    description: 'Global IDs of such milestones, instead of `milestones`. Not in GitLab.',
  }),
  ...markFields(t),
})

/** The values of a release that null takes away. */
export const nullableValues = ['name', 'description', ...nullableMarks] as const
