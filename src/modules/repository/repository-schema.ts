import type { GraphQLResolveInfo } from 'graphql'
import { answerSize } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { placeOfField } from '../../context/field-place.ts'
import { invalid } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { createRefSearch, exactFirst } from '../../git/ref-search.ts'
import { builder } from '../../graphql/builder.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { matchesTag } from '../protected-tags/matches.ts'
import { sortTags, type TagOrder } from '../releases/tag-order.ts'
import { BranchType, branchPageTypes, TagType, tagPageTypes } from './ref-schema.ts'
import { branchesOf, defaultBranchOf, hasRepository, tagsOf } from './refs.ts'

type Repository = { project: Project }
type Named = { name: string }

/** A name has at most 1,024 bytes, so that this many fit into one answer. */
const MAX_NAMES = 1000

/** Each list starts a process of git, unless the request has it already. */
export const LIST_COST = 20

type NamesArguments = { searchPattern: string; offset: number; limit: number }

/** A field with the names of `list` that match the pattern. */
const namesOf = (what: string, list: (context: Context, project: Project) => Promise<Named[]>) => ({
  nullable: false as const,
  extensions: { cost: LIST_COST },
  resolve: async (
    { project }: Repository,
    { searchPattern, offset, limit }: NamesArguments,
    context: Context,
    info: GraphQLResolveInfo,
  ) => {
    for (const [name, value] of Object.entries({ offset, limit })) {
      if (value < 0) throw invalid(`"${name}" must not be negative, but is ${value}`)
    }
    const all = await list(context, project)
    const names = all.map(({ name }) => name).filter((name) => matchesTag(searchPattern, name))
    const page = names.slice(offset, offset + Math.min(limit, MAX_NAMES))
    const characters = page.reduce((sum, name) => sum + name.length, 0)
    answerSize(context).take(characters, () => placeOfField(info))
    return page
  },
  description: `Names of ${what}, in the order of their bytes.`,
})

const namesArguments = {
  searchPattern: {
    required: true,
    description: 'The whole name. `*` stands for any number of characters, also slashes.',
  },
  offset: { required: true, description: 'How many names are skipped.' },
  limit: { required: true, description: `How many names are given: at most ${MAX_NAMES.toLocaleString('en')}.` },
} as const

const search = {
  description:
    'Only names with this text, in any letter case: `^` begins it, `$` ends it, `*` is anything. The name that is the text comes first.',
} as const

const TagSort = builder.enumType('TagSort', {
  description: 'Orders of tags. Not in GitLab.',
  values: {
    NAME_ASC: { description: 'By the bytes of their names.' },
    NAME_DESC: { description: 'By the bytes of their names, the last first.' },
    UPDATED_ASC: { description: 'The oldest first, by `createdAt`.' },
    UPDATED_DESC: { description: 'The newest first, by `createdAt`.' },
    VERSION_ASC: { description: 'By the SemVer version in their name. Tags without a version come first.' },
    VERSION_DESC: { description: 'The highest SemVer version first. Tags without a version come last.' },
  },
})

const sortOf = (sort: string) => {
  const [order = '', direction] = sort.toLowerCase().split('_')
  return { order: order as TagOrder, descending: direction === 'desc' }
}

function sought<Ref extends Named>(refs: Ref[], text: string): Ref[] {
  const isSought = createRefSearch(text)
  return exactFirst(
    refs.filter(({ name }) => isSought(name)),
    text,
  )
}

// Every field is public, because `Project.repository` gives no repository to viewers who may not read code.
export const RepositoryType = builder.objectRef<Repository>('Repository').implement({
  description: 'The git repository of a project.',
  access: { needs: 'code:read', project: ({ project }) => project, fields: 'public' },
  fields: (t) => ({
    rootRef: t.string({
      description: 'Default branch. Null as long as it does not exist.',
      resolve: async ({ project }, _args, context) =>
        (await branchesOf(context, project)).find(({ isDefault }) => isDefault)?.name ?? null,
    }),
    headBranch: t.string({
      internal: true,
      description: 'The branch that HEAD names, which need not exist. Read without a process of git.',
      resolve: ({ project }, _args, context) => defaultBranchOf(context, project),
    }),
    exists: t.boolean({
      nullable: false,
      description: 'Whether there is a repository.',
      resolve: ({ project }, _args, context) => hasRepository(context, project),
    }),
    empty: t.boolean({
      nullable: false,
      description: 'Whether it has no branch.',
      resolve: async ({ project }, _args, context) => (await branchesOf(context, project)).length === 0,
    }),
    branchNames: t.stringList({
      ...namesOf('branches', branchesOf),
      args: {
        searchPattern: t.arg.string(namesArguments.searchPattern),
        offset: t.arg.int(namesArguments.offset),
        limit: t.arg.int(namesArguments.limit),
      },
    }),
    tagNames: t.stringList({
      ...namesOf('tags that lead to a commit', tagsOf),
      args: {
        searchPattern: t.arg.string(namesArguments.searchPattern),
        offset: t.arg.int(namesArguments.offset),
        limit: t.arg.int(namesArguments.limit),
      },
    }),
    branches: t.connection(
      {
        type: BranchType,
        nullable: false,
        description: 'The branches, by name. Not in GitLab.',
        args: { search: t.arg.string(search) },
        extensions: { cost: LIST_COST },
        resolve: async ({ project }, args, context) =>
          arrayConnection(sought(await branchesOf(context, project), args.search ?? ''), args),
      },
      ...branchPageTypes,
    ),
    tags: t.connection(
      {
        type: TagType,
        nullable: false,
        description: 'The tags that lead to a commit. Not in GitLab.',
        args: {
          search: t.arg.string(search),
          sort: t.arg({ type: TagSort, defaultValue: 'UPDATED_DESC', description: 'Order of the tags.' }),
        },
        extensions: { cost: LIST_COST },
        resolve: async ({ project }, args, context) => {
          const { order, descending } = sortOf(args.sort ?? 'UPDATED_DESC')
          const sorted = sortTags(await tagsOf(context, project), order, descending)
          return arrayConnection(
            sought(sorted, args.search ?? '').map((tag) => ({ ...tag, project })),
            args,
          )
        },
      },
      ...tagPageTypes,
    ),
  }),
})

builder.prismaObjectField(ProjectType, 'repository', (t) =>
  t.field({
    type: RepositoryType,
    access: { needs: 'code:read', otherwise: null },
    description: 'Its git repository.',
    resolve: (project) => ({ project }),
  }),
)
