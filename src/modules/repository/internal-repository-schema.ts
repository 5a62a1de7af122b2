// What our own pages ask of a repository besides.
import { builder } from '../../graphql/builder.ts'
import { TagType } from './ref-schema.ts'
import { tagsOf } from './refs.ts'
import { LIST_COST, RepositoryType } from './repository-schema.ts'

/** A page names so many tags of a commit. */
const MAX_TAGS_AT = 100

builder.objectFields(RepositoryType, (t) => ({
  tag: t.field({
    type: TagType,
    internal: true,
    description: 'The tag with this name. Null when there is none.',
    args: { tagName: t.arg.string({ required: true, description: 'Name without `refs/tags/`.' }) },
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, { tagName }, context) => {
      const tag = (await tagsOf(context, project)).find(({ name }) => name === tagName)
      return tag ? { ...tag, project } : null
    },
  }),
  tagsAt: t.field({
    type: [TagType],
    internal: true,
    nullable: false,
    description: `The tags that lead to a commit: at most ${MAX_TAGS_AT}.`,
    args: { ref: t.arg.string({ required: true, description: 'The full object name of the commit.' }) },
    extensions: { cost: LIST_COST },
    resolve: async ({ project }, { ref }, context) => {
      const tags = (await tagsOf(context, project)).filter(({ sha }) => sha === ref)
      return tags.slice(0, MAX_TAGS_AT).map((tag) => ({ ...tag, project }))
    },
  }),
}))
