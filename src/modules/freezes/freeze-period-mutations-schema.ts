import { mutation } from '../../graphql/mutation.ts'
import { CiFreezePeriodType } from './freeze-period-schema.ts'
import { createFreezePeriod, deleteFreezePeriod, updateFreezePeriod } from './write-freeze-periods.ts'

const freezeStart =
  'When the freeze starts: a cron expression of five fields, read like GitLab reads it, for example `0 23 * * 5`. Ranges may wrap (`SAT-SUN`).'
const freezeEnd = 'When the freeze ends: a cron expression of five fields, for example `0 7 * * 1`.'
const cronTimezone = 'Time zone of both expressions, for example `Europe/Berlin` or `Eastern Time (US & Canada)`.'
const id = { type: 'CiFreezePeriodID', required: true, description: 'Global ID of the freeze period.' } as const

mutation('freezePeriodCreate', {
  ability: 'freeze-period:write',
  description: 'Add a freeze period to a project. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'A new freeze period. Not in GitLab.',
    argument: 'The freeze period.',
    fields: (t) => ({
      projectPath: t.id({ required: true, description: 'Full path of the project.' }),
      freezeStart: t.string({ required: true, description: freezeStart }),
      freezeEnd: t.string({ required: true, description: freezeEnd }),
      cronTimezone: t.string({ defaultValue: 'UTC', description: cronTimezone }),
    }),
  },
  payload: {
    description: 'The new freeze period. Not in GitLab.',
    fields: { freezePeriod: CiFreezePeriodType },
  },
  run: async (context, input) => ({
    freezePeriod: await createFreezePeriod(context, input),
  }),
})

mutation('freezePeriodUpdate', {
  ability: 'freeze-period:write',
  description: 'Change a freeze period. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Changes of a freeze period. What is absent stays as it is. Not in GitLab.',
    argument: 'The changes.',
    fields: (t) => ({
      id: t.field(id),
      freezeStart: t.string({ description: freezeStart }),
      freezeEnd: t.string({ description: freezeEnd }),
      cronTimezone: t.string({ description: `${cronTimezone} Null: UTC.` }),
    }),
  },
  payload: {
    description: 'The freeze period that was changed. Not in GitLab.',
    fields: { freezePeriod: CiFreezePeriodType },
  },
  run: async (context, input) => ({
    freezePeriod: await updateFreezePeriod(context, input),
  }),
})

mutation('freezePeriodDelete', {
  ability: 'freeze-period:write',
  description: 'Delete a freeze period. If it is active, its freeze ends. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Which freeze period to delete. Not in GitLab.',
    argument: 'The freeze period to delete.',
    fields: (t) => ({
      id: t.field(id),
    }),
  },
  payload: {
    description: 'The freeze period that was deleted. Not in GitLab.',
    fields: { freezePeriod: CiFreezePeriodType },
  },
  run: async (context, input) => ({
    freezePeriod: await deleteFreezePeriod(context, input),
  }),
})
