import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ReleaseMakeLatest } from '../releases/release-marks-schema.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { ReleaseDraftType } from './draft-schema.ts'
import { deleteDraft, updateDraft } from './draft-service.ts'
import { publishDraft } from './publish-draft.ts'
import { linksOf, ReleaseAssetsInput } from './release-mutations-schema.ts'

const projectPath = { required: true, description: 'Full path of the project.' } as const
const tagName = { required: true, description: 'Tag of the draft.' } as const
const needs = 'Needs the role Developer, and the right to create the tag. Not in GitLab.'

mutation('releaseDraftUpdate', {
  ability: 'release:create',
  description: `Change a draft. ${needs}`,
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string(tagName),
    tagMessage: t.string({ description: 'Makes a new tag annotated. Null: it does not.' }),
    ref: t.string({ description: 'Branch, tag or commit that a new tag points to. Null: the tag must exist.' }),
    name: t.string({ description: 'Title. Null: the tag.' }),
    description: t.string({ description: 'Release notes in Markdown.' }),
    releasedAt: t.field({ type: 'Time', description: 'The date it will have. Null: when it is published.' }),
    milestones: t.stringList({
      description: 'Titles of milestones, which replace the present ones. Must not be null.',
    }),
    milestoneIds: t.field({
      type: ['MilestoneID'],
      description: 'Global IDs of milestones, instead of `milestones`. Must not be null.',
    }),
    assets: t.field({
      type: ReleaseAssetsInput,
      description: 'The links, which replace the present ones. Must not be null.',
    }),
    prerelease: t.boolean({ description: 'Whether it is a prerelease. Null: the version says it.' }),
    makeLatest: t.field({
      type: ReleaseMakeLatest,
      description: 'Whether to mark it as the latest. Must not be null.',
    }),
  }),
  payload: { draft: ReleaseDraftType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'tagMessage', 'ref', 'name', 'description', 'releasedAt', 'prerelease')
    const { milestones: titles, milestoneIds: ids, assets, ...changes } = input
    return { draft: await updateDraft(context, { ...changes, milestones: { titles, ids }, links: linksOf(assets) }) }
  },
})

mutation('releaseDraftDelete', {
  ability: 'release:create',
  description: `Delete a draft. ${needs}`,
  input: (t) => ({ projectPath: t.id(projectPath), tagName: t.string(tagName) }),
  payload: { draft: ReleaseDraftType },
  run: async (context, input) => ({ draft: await deleteDraft(context, input) }),
})

mutation('releasePublish', {
  ability: 'release:create',
  description: `Publish a draft as \`releaseCreate\` publishes a release, by whoever asks. The draft is gone then. ${needs}`,
  input: (t) => ({ projectPath: t.id(projectPath), tagName: t.string(tagName) }),
  payload: { release: ReleaseType },
  run: async (context, input) => ({ release: await publishDraft(context, input) }),
})
