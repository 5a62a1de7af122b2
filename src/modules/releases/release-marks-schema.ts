// What people say of a release: that it is a prerelease, and that it is the latest of its project.
import { builder } from '../../graphql/builder.ts'
import { isMarkedLatest } from './latest-mark.ts'
import { ReleaseType } from './release-schema.ts'

export const ReleaseMakeLatest = builder.enumType('ReleaseMakeLatest', {
  description: 'What makes a release the latest stable release of its project. Not in GitLab.',
  values: {
    AUTO: { description: 'The version: the highest stable one counts while no release is marked.' },
    YES: { description: 'A person marked the release. The mark of another release is gone.' },
  },
})

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
