import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { ReleaseDraftType } from './draft-schema.ts'
import { deleteDraft, updateDraft } from './draft-service.ts'
import { publishDraft } from './publish-draft.ts'
import { linksOf, newTagFields, nullableValues, ReleaseAssetsInput, valueFields } from './release-inputs-schema.ts'

const projectPath = { required: true, description: 'Full path of the project.' } as const
const tagName = { required: true, description: 'Tag of the draft.' } as const
const needs = 'Needs the role Developer, and the right to create the tag. Not in GitLab.'

mutation('releaseDraftUpdate', {
  ability: 'release:create',
  description: `Change a draft. \`milestones\`, \`milestoneIds\`, \`makeLatest\` and \`assets\` must not be null. ${needs}`,
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string(tagName),
    ...newTagFields(t),
    ...valueFields(t),
    assets: t.field({
      type: ReleaseAssetsInput,
      description: 'The links, which replace the present ones.',
    }),
  }),
  payload: { draft: ReleaseDraftType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'tagMessage', 'ref', 'releasedAt', ...nullableValues)
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
  description: `Publish a draft as \`releaseCreate\` publishes a release. Whoever publishes it is its author. The draft is deleted. ${needs}`,
  input: (t) => ({ projectPath: t.id(projectPath), tagName: t.string(tagName) }),
  payload: { release: ReleaseType },
  run: async (context, input) => ({ release: await publishDraft(context, input) }),
})
