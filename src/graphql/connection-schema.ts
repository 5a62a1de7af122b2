import { invalid } from '../foundation/errors.ts'
import { builder } from './builder.ts'

builder.globalConnectionField('count', (t) =>
  t.int({
    nullable: false,
    description:
      'The total number of rows on all pages. With `limit` n it is at most n + 1, which means "more than n".',
    args: { limit: t.arg.int({ description: 'Counting stops at one more than the limit. Greater than 0.' }) },
    resolve: async ({ count }, { limit }) => {
      if (limit == null) return count()
      if (limit <= 0) throw invalid(`"limit" must be greater than 0, but is ${limit}`)
      return Math.min(await count(), limit + 1)
    },
  }),
)
