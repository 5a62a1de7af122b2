// What our own pages show of a place in a repository: its folder, its file, its commits. Every field is public, because only
// `Repository` leads here.
import { answerSize } from '../../context/answer-size.ts'
import { placeOfField } from '../../context/field-place.ts'
import { isText } from '../../git/blobs.ts'
import type { TreeEntry } from '../../git/tree-entries.ts'
import { builder } from '../../graphql/builder.ts'
import { uncountedPage } from '../../rows/numbered-page.ts'
import type { CommitNode } from '../releases/commit-loaders.ts'
import { CommitType } from '../releases/commit-schema.ts'
import { fileUrl } from './file-url.ts'
import { findPlace, type Place } from './find-place.ts'
import { listCommits } from './list-commits.ts'
import { entriesOf, type FoundFile, findReadme, isFilePath, readFile, readReadme } from './read-files.ts'
import { defaultBranchOf } from './refs.ts'
import { LIST_COST, RepositoryType } from './repository-schema.ts'

/** A longer text is not shown. */
export const MAX_SHOWN_BYTES = 1024 ** 2

/** A larger folder is cut. */
const MAX_ENTRIES = 1_000

const FileType = builder.objectRef<FoundFile>('RepositoryFile').implement({
  internal: true,
  description: 'A file of the repository.',
  access: 'public',
  fields: (t) => ({
    path: t.exposeString('path', { nullable: false, description: 'Path from the root.' }),
    ref: t.exposeString('ref', { nullable: false, description: 'Branch, tag or commit in which it was found.' }),
    size: t.exposeInt('size', { nullable: false, description: 'In bytes.' }),
    text: t.string({
      description: 'Its content. Null when that is not text, or has more than 1 MiB.',
      resolve: ({ content }, _args, context, info) => {
        if (!content || !isText(content)) return null
        answerSize(context).take(content.length, () => placeOfField(info))
        return content.toString('utf8')
      },
    }),
  }),
})

const EntryType = builder.objectRef<TreeEntry>('TreeEntry').implement({
  internal: true,
  description: 'What is in a folder.',
  access: 'public',
  fields: (t) => ({
    path: t.exposeString('path', { nullable: false, description: 'Path from the root.' }),
    type: t.exposeString('type', { nullable: false, description: '`tree`, `blob`, or `commit` for a submodule.' }),
  }),
})

type Folder = { entries: TreeEntry[]; isCut: boolean }

const FolderType = builder.objectRef<Folder>('Folder').implement({
  internal: true,
  description: 'A folder of the repository.',
  access: 'public',
  fields: (t) => ({
    entries: t.field({
      type: [EntryType],
      nullable: false,
      description: `What is in it, folders first: at most ${MAX_ENTRIES.toLocaleString('en')}.`,
      resolve: ({ entries }) => entries,
    }),
    isCut: t.exposeBoolean('isCut', { nullable: false, description: 'Whether there is more in it.' }),
  }),
})

type CommitPage = { rows: CommitNode[]; number: number; hasNext: boolean }

const CommitPageType = builder.objectRef<CommitPage>('CommitPage').implement({
  internal: true,
  description: 'A page of commits by number.',
  access: 'public',
  fields: (t) => ({
    rows: t.field({
      type: [CommitType],
      nullable: false,
      description: 'The commits, the newest first.',
      resolve: ({ rows }) => rows,
    }),
    number: t.exposeInt('number', { nullable: false, description: 'Which page it is.' }),
    hasNext: t.exposeBoolean('hasNext', { nullable: false, description: 'Whether there may be another page.' }),
  }),
})

const PlaceType = builder.objectRef<Place>('RepositoryPlace').implement({
  internal: true,
  description: 'A commit by its ref, and a path.',
  access: 'public',
  fields: (t) => ({
    ref: t.exposeString('ref', { nullable: false, description: 'The ref as it was asked; `HEAD` without one.' }),
    path: t.exposeString('path', { nullable: false, description: 'The path from the root.' }),
    commits: t.field({
      type: CommitPageType,
      nullable: false,
      description: 'The commits that change what has the path.',
      args: { page: t.arg.int({ description: 'The number of the page, from 1.' }) },
      resolve: ({ project, sha, path }, { page }, context) =>
        uncountedPage({ page }, async (slice) => {
          const { commits, hasNext } = await listCommits(context, project, { from: [sha], path }, slice)
          return { rows: commits.map((commit) => ({ ...commit, project })), hasNext }
        }),
    }),
    folder: t.field({
      type: FolderType,
      description: 'The folder with the path. Null without one.',
      resolve: async ({ project, sha, path }, _args, context) => {
        if (path !== '' && !isFilePath(path)) return null
        const entries = await entriesOf(context, project, { sha, path, recursive: false })
        return entries && { entries: entries.slice(0, MAX_ENTRIES), isCut: entries.length > MAX_ENTRIES }
      },
    }),
  }),
})

builder.objectFields(RepositoryType, (t) => ({
  place: t.field({
    type: PlaceType,
    internal: true,
    description: 'The place that an address names. Null when its beginning names no commit.',
    args: { address: t.arg.string({ required: true, description: 'A ref, and behind a slash a path.' }) },
    extensions: { cost: LIST_COST },
    resolve: ({ project }, { address }, context) => findPlace(context, project, address),
  }),
  file: t.field({
    type: FileType,
    internal: true,
    description: 'A file. Null without one.',
    args: {
      ref: t.arg.string({ required: true, description: 'A branch, a tag or a commit.' }),
      filePath: t.arg.string({ required: true, description: 'Path from the root.' }),
    },
    extensions: { cost: LIST_COST },
    resolve: ({ project }, { ref, filePath }, context) =>
      readFile(context, project, { ref, path: filePath, most: MAX_SHOWN_BYTES }),
  }),
  readme: t.field({
    type: FileType,
    internal: true,
    description: 'The README in the root of the branch that HEAD names. Null without one.',
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, _args, context) => {
      const branch = await defaultBranchOf(context, project)
      return branch === null ? null : readReadme(context, project, { branch, most: MAX_SHOWN_BYTES })
    },
  }),
  readmeUrl: t.string({
    internal: true,
    description: 'Absolute URL of the page of that README. Null without one. Git looks for it once after each push.',
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, _args, context) => {
      const branch = await defaultBranchOf(context, project)
      const file = branch === null ? null : await findReadme(context, project, branch)
      return file && fileUrl(context, project, 'blob', file)
    },
  }),
}))
