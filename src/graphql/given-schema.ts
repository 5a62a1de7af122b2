// Our own doors show rows that they have, from a loader or from a use case, as the schema describes them: `given { milestones { title } }`.
import type { OutputRef } from '@pothos/core'
import { builder } from './builder.ts'

type Given = { rows: readonly unknown[] }

const GivenType = builder.objectRef<Given>('Given').implement({
  internal: true,
  description: 'Rows that our own door has already, and may show to the viewer.',
  access: 'public',
})

builder.queryField('given', (t) =>
  t.field({
    type: GivenType,
    internal: true,
    nullable: false,
    description: 'The rows that our own door has.',
    resolve: (root) => root as Given,
  }),
)

export const givenRows = <Row>(name: string, type: OutputRef<Row>): void =>
  builder.objectField(GivenType, name, (t) =>
    t.field({
      type: [type],
      internal: true,
      nullable: false,
      description: `The rows as ${name}.`,
      resolve: ({ rows }) => rows as never,
    }),
  )
