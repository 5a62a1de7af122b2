import { invalid } from '../foundation/errors.ts'
import { builder } from './builder.ts'

builder.globalConnectionField('count', (t) =>
  t.int({
    nullable: false,
    description:
      'How many rows there are in all, on every page; with `limit` n at most n + 1, which means "more than n".',
    args: { limit: t.arg.int({ description: 'Count no further than one above this; greater than 0.' }) },
    resolve: async ({ count }, { limit }) => {
      if (limit == null) return count()
      if (limit <= 0) throw invalid(`"limit" must be greater than 0, but is ${limit}`)
      return Math.min(await count(), limit + 1)
    },
  }),
)
