import type { Context } from '../../context/context.ts'
import { builder } from '../../graphql/builder.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { nextRelease, previousRelease } from './neighbour-releases.ts'
import type { ReleaseNode } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'

const neighbourField = (neighbour: typeof nextRelease, description: string) =>
  ({
    type: ReleaseType,
    kept: true,
    access: { needs: 'code:read', otherwise: null },
    description: `${description} Null when there is none, and when the tag has no version. Not in GitLab.`,
    reads: [],
    resolve: async (release: ReleaseNode, _args: object, context: Context, info: Parameters<typeof planBelow>[0]) => {
      const found = await neighbour(context).load(release.id, planBelow(info, context))
      return found && { ...found, project: release.project }
    },
  }) as const

builder.prismaObjectFields(ReleaseType, (t) => ({
  previous: t.field(neighbourField(previousRelease, 'The release of the next lower SemVer version in the project.')),
  next: t.field(neighbourField(nextRelease, 'The release of the next higher SemVer version in the project.')),
}))
