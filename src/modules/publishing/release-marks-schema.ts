// What people say of a release that GitLab does not have: how it is given, and how a release and a draft show it.
import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'
import { isMarkedLatest } from '../releases/latest-mark.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { ReleaseDraftType } from './draft-schema.ts'

const ReleaseMakeLatest = builder.enumType('ReleaseMakeLatest', {
  description: 'What makes a release the latest stable release of its project. Not in GitLab.',
  values: {
    AUTO: { description: 'The version: the highest stable one counts while no release is marked.' },
    YES: { description: 'A person marked the release. The mark of another release is gone.' },
  },
})

export const markFields = (t: InputFields) => ({
  prerelease: t.boolean({ description: 'Whether it is a prerelease. Null: the version says it. Not in GitLab.' }),
  makeLatest: t.field({
    type: ReleaseMakeLatest,
    description: 'Whether to mark it as the latest. `AUTO` takes its mark away. Not in GitLab.',
  }),
})

/** The marks that null takes away. */
export const nullableMarks = ['prerelease'] as const

builder.prismaObjectFields(ReleaseType, (t) => ({
  prerelease: t.boolean({
    kept: true,
    access: {
      needs: 'code:read',
      otherwise: ({ prereleaseMark }) => prereleaseMark,
      instead: 'what a person said, or null',
    },
    description:
      'Whether the release is a prerelease: what a person said, or else what the version in the tag says. Not in GitLab.',
    reads: ['prerelease', 'prereleaseMark'],
    resolve: ({ prerelease }) => prerelease,
  }),
  makeLatest: t.field({
    type: ReleaseMakeLatest,
    nullable: false,
    kept: true,
    access: 'public',
    description: 'Whether a person marked the release as the latest of its project. Not in GitLab.',
    reads: [],
    resolve: async (release, _args, context) => ((await isMarkedLatest(context, release)) ? 'YES' : 'AUTO'),
  }),
}))

builder.prismaObjectFields(ReleaseDraftType, (t) => ({
  prerelease: t.exposeBoolean('prerelease', {
    description: 'Whether it is a prerelease. Null: the version says it.',
  }),
  makeLatest: t.field({
    type: ReleaseMakeLatest,
    nullable: false,
    description: 'Whether it will be marked as the latest.',
    resolve: ({ makesLatest }) => (makesLatest ? 'YES' : 'AUTO'),
  }),
}))
