import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { createRelease } from './create-release.ts'
import { deleteRelease } from './delete-release.ts'
import { ReleaseDraftType } from './draft-schema.ts'
import { createDraft } from './draft-service.ts'
import { linksOf, newTagFields, nullableValues, ReleaseAssetsInput, valueFields } from './release-inputs-schema.ts'
import { updateRelease } from './update-release.ts'

const listed = (names: readonly string[]) => new Intl.ListFormat('en-GB').format(names)

const projectPath = { required: true, description: 'Full path of the project.' } as const

mutation('releaseCreate', {
  ability: 'release:create',
  description:
    'Publish a release for a tag, and create the tag if it does not exist. Needs the role Developer, and the right to ' +
    'create the tag even if it exists. A project may refuse new releases during a deploy freeze.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string({ required: true, description: 'Tag. If it does not exist, it is created from `ref`.' }),
    ...newTagFields(t),
    ...valueFields(t),
    generateNotes: t.boolean({
      description:
        'Appends notes from what was done since the previous version: commits, closed issues of the milestones and first ' +
        'contributions. Everybody who reads the release reads them. Not in GitLab.',
    }),
    assets: t.field({ type: ReleaseAssetsInput, description: 'What can be downloaded.' }),
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
  description:
    `Change a release. Only ${listed(nullableValues.map((name) => `\`${name}\``))} may be null. Needs the role Developer, ` +
    'and the right to create its tag.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    tagName: t.string({ required: true, description: 'Tag of the release.' }),
    ...valueFields(t),
  }),
  payload: { release: ReleaseType },
  run: async (context, input) => {
    assertNullOnlyIn(input, ...nullableValues)
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
