// Branches and tags. Every field is public, because only `Repository` and mutations of the code lead here.
import { answerSize } from '../../context/answer-size.ts'
import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { projectUrl } from '../projects/project-url.ts'
import { matchesTag } from '../protected-tags/matches.ts'
import { protectedTagsOf } from '../protected-tags/protected-tag-loaders.ts'
import { commitOf } from '../releases/commit-loaders.ts'
import { CommitType } from '../releases/commit-schema.ts'
import { findReleaseByTag } from '../releases/release-loaders.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { encodedPath } from '../releases/release-urls.ts'
import { type BranchNode, messageOf, type TagNode } from './refs.ts'

/** Reading the repository costs more than reading a column. */
const COMMIT_COST = 10

export const BranchType = builder.objectRef<BranchNode>('Branch').implement({
  description: 'A branch of the repository.',
  access: { needs: 'code:read', project: ({ project }) => project, fields: 'public' },
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'Name without `refs/heads/`.' }),
    default: t.exposeBoolean('isDefault', {
      nullable: false,
      description: "Whether it is the project's default branch. Not in GitLab.",
    }),
    webUrl: t.string({
      nullable: false,
      description: 'Absolute URL of its page. Not in GitLab.',
      resolve: ({ project, name }, _args, context) => `${projectUrl(context, project)}/-/tree/${encodedPath(name)}`,
    }),
    commit: t.field({
      type: CommitType,
      description: 'The commit at its end. Null when it cannot be read.',
      extensions: { cost: COMMIT_COST },
      resolve: ({ project, sha }, _args, context, info) => commitOf(context, project, sha, () => placeOfField(info)),
    }),
  }),
})

/** Null for what is no time, and for a time after the year 9999. */
const timeOf = (seconds: number) => (seconds > 0 && seconds < 253_402_300_800 ? new Date(seconds * 1000) : null)

/** Stands in the place of bytes that are not UTF-8. Several tags may be shown by one name, and no release has such a tag. */
const REPLACEMENT = '\uFFFD'

export const TagType = builder.objectRef<TagNode>('Tag').implement({
  description: 'A tag of the repository that leads to a commit.',
  access: { needs: 'code:read', project: ({ project }) => project, fields: 'public' },
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'Name without `refs/tags/`.' }),
    message: t.string({
      description:
        'Its message without the signature, up to 65,536 characters. Null for a lightweight tag and for a tag above 1 MiB.',
      extensions: { cost: COMMIT_COST },
      resolve: async (tag, _args, context, info) => {
        const message = tag.object && (await messageOf(context).load(tag))
        if (message) answerSize(context).take(message.length, () => placeOfField(info))
        return message
      },
    }),
    createdAt: t.field({
      type: 'Time',
      description:
        "The tagger's time; of a lightweight tag the committer's. Null when git cannot read it. Not in GitLab.",
      resolve: ({ createdAt }) => timeOf(createdAt),
    }),
    protected: t.boolean({
      nullable: false,
      description: 'Whether a protected tag of the project has its name. Not in GitLab.',
      resolve: async ({ project, name }, _args, context) =>
        (await protectedTagsOf(context, project)).some((pattern) => matchesTag(pattern.name, name)),
    }),
    commit: t.field({
      type: CommitType,
      description: 'The commit that it leads to. Null when it cannot be read.',
      extensions: { cost: COMMIT_COST },
      resolve: ({ project, sha }, _args, context, info) => commitOf(context, project, sha, () => placeOfField(info)),
    }),
    release: t.field({
      type: ReleaseType,
      access: { needs: 'release:read', otherwise: null },
      description: 'Its release. Null when there is none. Not in GitLab.',
      resolve: ({ project, name }, _args, context, info) =>
        name.includes(REPLACEMENT) ? null : findReleaseByTag(context, project, name, () => planBelow(info, context)),
    }),
  }),
})

export const branchPageTypes = pageTypes({ type: BranchType, name: 'Branch', one: 'A branch', many: 'branches' })
export const tagPageTypes = pageTypes({ type: TagType, name: 'Tag', one: 'A tag', many: 'tags' })
