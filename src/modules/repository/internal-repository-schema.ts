// What our own pages ask of a repository besides.
import { builder } from '../../graphql/builder.ts'
import { TagType } from './ref-schema.ts'
import { tagsOf } from './refs.ts'
import { LIST_COST, RepositoryType } from './repository-schema.ts'

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
}))
