import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import type { FreezePeriodNode } from './freeze-loaders.ts'
import { CiFreezePeriodType } from './freeze-period-schema.ts'
import { createFreezePeriod, deleteFreezePeriod, updateFreezePeriod } from './write-freeze-periods.ts'

const freezeStart =
  'When it starts: a cron expression of five fields, read as GitLab does, for example `0 23 * * 5`; ranges may wrap (`SAT-SUN`).'
const freezeEnd = 'When it ends: a cron expression of five fields, for example `0 7 * * 1`.'
const cronTimezone = 'Time zone of both expressions, for example `Europe/Berlin` or `Eastern Time (US & Canada)`.'
const id = { type: 'CiFreezePeriodID', required: true, description: 'Global ID of the freeze period.' } as const

const FreezePeriodCreateInput = builder.inputType('FreezePeriodCreateInput', {
  description: 'A new freeze period. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    freezeStart: t.string({ required: true, description: freezeStart }),
    freezeEnd: t.string({ required: true, description: freezeEnd }),
    cronTimezone: t.string({ defaultValue: 'UTC', description: cronTimezone }),
  }),
})

const FreezePeriodUpdateInput = builder.inputType('FreezePeriodUpdateInput', {
  description: 'Changes of a freeze period; what is absent stays as it is. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field(id),
    freezeStart: t.string({ description: freezeStart }),
    freezeEnd: t.string({ description: freezeEnd }),
    cronTimezone: t.string({ description: `${cronTimezone} Null: UTC.` }),
  }),
})

const FreezePeriodDeleteInput = builder.inputType('FreezePeriodDeleteInput', {
  description: 'Which freeze period to delete. Not in GitLab.',
  fields: (t) => ({ clientMutationId: t.string(clientMutationIdOptions), id: t.field(id) }),
})

const payload = (name: string, description: string) =>
  builder.objectRef<Payload & { freezePeriod: FreezePeriodNode | null }>(name).implement({
    description: `${description} Not in GitLab.`,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      freezePeriod: t.expose('freezePeriod', {
        type: CiFreezePeriodType,
        nullable: true,
        description: 'The freeze period; null with errors.',
      }),
    }),
  })

builder.mutationFields((t) => ({
  freezePeriodCreate: t.field({
    type: payload('FreezePeriodCreatePayload', 'The freeze period that was made.'),
    nullable: true,
    ability: 'freeze-period:write',
    description: 'Add a freeze period to a project. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: FreezePeriodCreateInput, required: true, description: 'The freeze period.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { freezePeriod: null }, async () => ({
        freezePeriod: await createFreezePeriod(context, input),
      })),
  }),
  freezePeriodUpdate: t.field({
    type: payload('FreezePeriodUpdatePayload', 'The freeze period that was changed.'),
    nullable: true,
    ability: 'freeze-period:write',
    description: 'Change a freeze period. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: FreezePeriodUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { freezePeriod: null }, async () => ({
        freezePeriod: await updateFreezePeriod(context, input),
      })),
  }),
  freezePeriodDelete: t.field({
    type: payload('FreezePeriodDeletePayload', 'The freeze period that was deleted.'),
    nullable: true,
    ability: 'freeze-period:write',
    description:
      'Delete a freeze period, and with it the freeze that it may cause now. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: FreezePeriodDeleteInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { freezePeriod: null }, async () => ({
        freezePeriod: await deleteFreezePeriod(context, input),
      })),
  }),
}))
