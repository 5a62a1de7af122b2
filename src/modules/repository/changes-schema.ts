// What our own pages show of commits: what they change, and how two of them differ. Every field is public, because only `Repository`
// leads here.
import { answerSize } from '../../context/answer-size.ts'
import { placeOfField } from '../../context/field-place.ts'
import type { Project } from '../../generated/prisma/client.ts'
import type { Diffs, FileDiff } from '../../git/diffs.ts'
import { builder } from '../../graphql/builder.ts'
import { type CommitNode, commitOf } from '../releases/commit-loaders.ts'
import { CommitType } from '../releases/commit-schema.ts'
import { type Comparison, compareCommits, diffsOfCommit } from './compare-commits.ts'
import { notFoundIfBroken, shaOf } from './read-repository.ts'
import { TagType } from './ref-schema.ts'
import { tagsOf } from './refs.ts'
import { LIST_COST, RepositoryType } from './repository-schema.ts'

/** What a page shows of diffs at most; what is left out is told. */
const MAX_FILES = 100
const MAX_CHARACTERS = 500_000

/** A page names so many tags of a commit, and so many commits of a comparison. */
const MAX_TAGS = 100
const MAX_COMMITS = 100

const FileChangeType = builder.objectRef<FileDiff>('FileChange').implement({
  internal: true,
  description: 'What changes in a file.',
  access: 'public',
  fields: (t) => ({
    oldPath: t.exposeString('oldPath', { nullable: false, description: 'Its path before.' }),
    newPath: t.exposeString('newPath', { nullable: false, description: 'Its path after.' }),
    isNew: t.exposeBoolean('isNew', { nullable: false, description: 'Whether it is new.' }),
    isDeleted: t.exposeBoolean('isDeleted', { nullable: false, description: 'Whether it is gone.' }),
    isRenamed: t.exposeBoolean('isRenamed', { nullable: false, description: 'Whether its path changes.' }),
    isTooLarge: t.exposeBoolean('isTooLarge', { nullable: false, description: 'Whether the diff is left out.' }),
    diff: t.exposeString('diff', { nullable: false, description: 'The changed lines.' }),
  }),
})

/** Leaves out what is too long for a page. */
function shownFiles(files: readonly FileDiff[]): FileDiff[] {
  let left = MAX_CHARACTERS
  return files.slice(0, MAX_FILES).map((file) => {
    if (file.isTooLarge || file.diff.length > left) return { ...file, isTooLarge: true, diff: '' }
    left -= file.diff.length
    return file
  })
}

const ChangesType = builder.objectRef<Diffs>('Changes').implement({
  internal: true,
  description: 'What changes in files.',
  access: 'public',
  fields: (t) => ({
    files: t.field({
      type: [FileChangeType],
      nullable: false,
      description: `At most ${MAX_FILES} files with ${MAX_CHARACTERS.toLocaleString('en')} characters of diffs.`,
      resolve: ({ files }, _args, context, info) => {
        const shown = shownFiles(files)
        const characters = shown.reduce((sum, { diff }) => sum + diff.length, 0)
        answerSize(context).take(characters, () => placeOfField(info))
        return shown
      },
    }),
    isCut: t.boolean({
      nullable: false,
      description: 'Whether there are more changes.',
      resolve: ({ files, isCut }) => isCut || files.length > MAX_FILES,
    }),
  }),
})

const CommitDetailType = builder.objectRef<CommitNode>('CommitDetail').implement({
  internal: true,
  description: 'A commit, its tags and what it changes.',
  access: 'public',
  fields: (t) => ({
    commit: t.field({
      type: CommitType,
      nullable: false,
      description: 'The commit.',
      resolve: (commit) => commit,
    }),
    tags: t.field({
      type: [TagType],
      nullable: false,
      description: `The tags that lead to it: at most ${MAX_TAGS}.`,
      resolve: async ({ project, sha }, _args, context) => {
        const tags = (await tagsOf(context, project)).filter((tag) => tag.sha === sha)
        return tags.slice(0, MAX_TAGS).map((tag) => ({ ...tag, project }))
      },
    }),
    changes: t.field({
      type: ChangesType,
      nullable: false,
      description: 'What it changes, compared with its first parent.',
      resolve: (commit, _args, context) => diffsOfCommit(context, commit.project, commit),
    }),
  }),
})

const ComparisonType = builder.objectRef<Comparison & { project: Project }>('Comparison').implement({
  internal: true,
  description: 'How two commits differ.',
  access: 'public',
  fields: (t) => ({
    commits: t.field({
      type: [CommitType],
      nullable: false,
      description: `The commits that only the second one has, the newest first: at most ${MAX_COMMITS}.`,
      resolve: ({ commits, project }) => commits.slice(0, MAX_COMMITS).map((commit) => ({ ...commit, project })),
    }),
    hasMoreCommits: t.boolean({
      nullable: false,
      description: 'Whether there are more commits.',
      resolve: ({ commits }) => commits.length > MAX_COMMITS,
    }),
    changes: t.field({
      type: ChangesType,
      nullable: false,
      description: 'What changes in files.',
      resolve: (comparison) => comparison,
    }),
  }),
})

const ref = { required: true, description: 'A branch, a tag or a commit.' } as const

builder.objectFields(RepositoryType, (t) => ({
  commit: t.field({
    type: CommitDetailType,
    internal: true,
    description: 'A commit. Null without one.',
    args: { ref: t.arg.string(ref) },
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, args, context, info) => {
      const sha = await context.repositories
        .resolveCommit(project.id, args.ref)
        .catch(notFoundIfBroken(context, project))
      return sha === null ? null : commitOf(context, project, sha, () => placeOfField(info))
    },
  }),
  comparison: t.field({
    type: ComparisonType,
    internal: true,
    description: 'How two commits differ. Null without one of them.',
    args: {
      from: t.arg.string(ref),
      to: t.arg.string(ref),
      straight: t.arg.boolean({
        required: true,
        description: 'Whether the changes begin at `from` itself, and not where both histories part.',
      }),
    },
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, { straight, ...asked }, context) => {
      const [from, to] = await Promise.all([shaOf(context, project, asked.from), shaOf(context, project, asked.to)])
      if (from === null || to === null) return null
      return { ...(await compareCommits(context, project, { from, to, straight })), project }
    },
  }),
}))
