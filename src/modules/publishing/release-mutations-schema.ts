import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ReleaseAssetLinkType } from '../assets/link-schema.ts'
import { ReleaseMakeLatest } from '../releases/release-marks-schema.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { createRelease, type ReleaseCreate } from './create-release.ts'
import { deleteRelease } from './delete-release.ts'
import { ReleaseDraftType } from './draft-schema.ts'
import { createDraft } from './draft-service.ts'
import { updateRelease } from './update-release.ts'

const projectPath = { required: true, description: 'Full path of the project.' } as const

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

mutation('releaseCreate', {
  ability: 'release:create',
  description:
    'Publish a release for a tag, and create the tag if it does not exist. Needs the role Developer, and the right to ' +
    'create the tag even if it exists. A project may refuse new releases during a deploy freeze.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string({ required: true, description: 'Tag. If it does not exist, it is created from `ref`.' }),
    tagMessage: t.string({ description: 'Makes a new tag annotated. Unused when the tag exists.' }),
    ref: t.string({ description: 'Branch, tag or commit that a new tag points to. Unused when the tag exists.' }),
    name: t.string({ description: 'Title. Absent: the tag.' }),
    description: t.string({ description: 'Release notes in Markdown.' }),
    generateNotes: t.boolean({
      description:
        'Appends notes from what was done since the previous version: commits, closed issues of the milestones and first ' +
        'contributions. Everybody who reads the release reads them. Not in GitLab.',
    }),
    releasedAt: t.field({ type: 'Time', description: 'When it was or will be published. Absent: now.' }),
    milestones: t.stringList({ description: 'Titles of milestones of the project and of its immediate group.' }),
    milestoneIds: t.field({
      type: ['MilestoneID'],
      description: 'Global IDs of such milestones, instead of `milestones`. Not in GitLab.',
    }),
    assets: t.field({ type: ReleaseAssetsInput, description: 'What can be downloaded.' }),
    prerelease: t.boolean({ description: 'Whether it is a prerelease. Absent: the version says it. Not in GitLab.' }),
    makeLatest: t.field({ type: ReleaseMakeLatest, description: 'Whether to mark it as the latest. Not in GitLab.' }),
    draft: t.boolean({
      defaultValue: false,
      description:
        'Whether to keep it back as a draft, which makes no tag and no evidence until `releasePublish`. Not in GitLab.',
    }),
  }),
  payload: {
    release: { type: ReleaseType, description: 'The release; null with errors, and for a draft.' },
    draft: { type: ReleaseDraftType, description: 'The draft, if one was asked for. Not in GitLab.' },
  },
  run: async (context, input) => {
    const { milestones: titles, milestoneIds: ids, assets, draft, ...release } = input
    const values = { ...release, milestones: { titles, ids }, links: linksOf(assets) ?? [] }
    return draft
      ? { release: null, draft: await createDraft(context, values) }
      : { release: await createRelease(context, values), draft: null }
  },
})

mutation('releaseUpdate', {
  ability: 'release:update',
  description: 'Change a release. Needs the role Developer, and the right to create its tag.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string({ required: true, description: 'Tag of the release.' }),
    name: t.string({ description: 'Title. Null: the tag is shown.' }),
    description: t.string({ description: 'Release notes in Markdown.' }),
    releasedAt: t.field({ type: 'Time', description: 'When it was or will be published. Must not be null.' }),
    milestones: t.stringList({
      description: 'Titles of milestones, which replace the present ones. Must not be null.',
    }),
    milestoneIds: t.field({
      type: ['MilestoneID'],
      description: 'Global IDs of milestones, instead of `milestones`. Must not be null. Not in GitLab.',
    }),
    prerelease: t.boolean({ description: 'Whether it is a prerelease. Null: the version says it. Not in GitLab.' }),
    makeLatest: t.field({
      type: ReleaseMakeLatest,
      description: 'Whether it is marked as the latest. `AUTO` takes its mark away. Must not be null. Not in GitLab.',
    }),
  }),
  payload: { release: ReleaseType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'name', 'description', 'prerelease')
    const { milestones: titles, milestoneIds: ids, ...changes } = input
    return { release: await updateRelease(context, { ...changes, milestones: { titles, ids } }) }
  },
})

mutation('releaseDelete', {
  ability: 'release:delete',
  description: 'Delete a release, but not its tag. Needs the role Maintainer, and the right to create its tag.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string({ required: true, description: 'Tag of the release. The tag itself stays.' }),
  }),
  payload: { release: ReleaseType },
  run: async (context, input) => ({ release: await deleteRelease(context, input) }),
})
