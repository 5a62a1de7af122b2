import { type Context, perRequest } from '../../context/context.ts'
import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { Edge } from '../../rows/page.ts'
import { ReleaseAssetLink } from '../assets/link-schema.ts'
import { IssueType, issuePageTypes } from '../issues/issue-schema.ts'
import { commitOf } from '../releases/commit-loaders.ts'
import { CommitType } from '../releases/commit-schema.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import {
  type Comparison,
  commitsBetween,
  compareRelease,
  issuesBetween,
  linksOnlyIn,
  MAX_COMPARED_COMMITS,
} from './compare-releases.ts'

/** Git walks through the history. */
const WALK_COST = 20

const walked = perRequest(() => new Map<Comparison, ReturnType<typeof commitsBetween>>())

/** Walks once for all fields of a comparison. */
function walkOf(context: Context, comparison: Comparison) {
  const known = walked(context)
  const walk = known.get(comparison) ?? commitsBetween(context, comparison)
  known.set(comparison, walk)
  return walk
}

const commitPageTypes = pageTypes({ type: CommitType, name: 'Commit', one: 'A commit', many: 'commits' })

// Every field is public, because `Release.compare` gives nothing to viewers who may not read the code.
const ReleaseComparison = builder.objectRef<Comparison>('ReleaseComparison').implement({
  description: 'What a release has that another release of the project has not.',
  access: { needs: 'code:read', project: ({ release }) => release.project, fields: 'public' },
  fields: (t) => ({
    with: t.field({
      type: ReleaseType,
      nullable: false,
      description: 'The other release.',
      resolve: ({ other }) => other,
    }),
    commits: t.connection(
      {
        type: CommitType,
        nullable: false,
        description: `The commits that the other release does not have, the newest first: at most ${MAX_COMPARED_COMMITS.toLocaleString('en')}.`,
        extensions: { cost: WALK_COST },
        resolve: async (comparison, args, context, info) => {
          const { ids } = await walkOf(context, comparison)
          const { edges, ...page } = arrayConnection(ids, args)
          const { project } = comparison.release
          const read = edges.map(async ({ node, cursor }) => {
            const commit = await commitOf(context, project, node, () => placeOfField(info))
            return commit && new Edge(commit, () => cursor)
          })
          return { ...page, edges: await Promise.all(read) }
        },
      },
      ...commitPageTypes,
    ),
    commitsCut: t.boolean({
      nullable: false,
      description: 'Whether there are more commits than `commits` has.',
      extensions: { cost: WALK_COST },
      resolve: async (comparison, _args, context) => (await walkOf(context, comparison)).isCut,
    }),
    closedIssues: t.connection(
      {
        type: IssueType,
        nullable: false,
        description:
          'The closed issues of milestones that the other release does not have, the newest first, as far as the viewer may read them.',
        resolve: async (comparison, args, context) => arrayConnection(await issuesBetween(context, comparison), args),
      },
      ...issuePageTypes,
    ),
    assetsAdded: t.field({
      type: [ReleaseAssetLink],
      nullable: false,
      description: 'Links with a name that the other release does not have.',
      resolve: ({ release, other }, _args, context) => linksOnlyIn(context, release, other),
    }),
    assetsGone: t.field({
      type: [ReleaseAssetLink],
      nullable: false,
      description: 'Links of the other release with a name that the release does not have.',
      resolve: ({ release, other }, _args, context) => linksOnlyIn(context, other, release),
    }),
  }),
})

builder.prismaObjectField(ReleaseType, 'compare', (t) =>
  t.field({
    type: ReleaseComparison,
    access: { needs: 'code:read', otherwise: null },
    description:
      'What the release has that another release of the project has not. Null without the other release. Not in GitLab.',
    args: { with: t.arg.string({ description: 'Tag of the other release. Absent: that of the previous version.' }) },
    resolve: (release, args, context) => compareRelease(context, release, args.with),
  }),
)
