import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { freezePeriodsOfProject, freezeWindowOf, isFrozen } from './freeze-loaders.ts'

const CiFreezePeriodStatus = builder.enumType('CiFreezePeriodStatus', {
  description: 'Whether a freeze period is active now.',
  values: {
    ACTIVE: { description: 'It is now between a start and the first end after that start, both included.' },
    INACTIVE: { description: 'The period freezes no deployments now.' },
  },
})

export const CiFreezePeriodType = builder.prismaNode('FreezePeriod', {
  name: 'CiFreezePeriod',
  id: { field: 'id', description: 'Global ID. Not in GitLab.' },
  description:
    'A recurring window in which a project should not be deployed. A time that the clocks skip counts at the moment when ' +
    'they skip it. A time that occurs twice counts the first time.',
  include: { project: true },
  access: { needs: 'freeze-period:read', project: (period) => period.project, fields: 'public' },
  nullable: true,
  findUnique: (id) => ({ id: Number(id) }),
  fields: (t) => ({
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    status: t.field({
      type: CiFreezePeriodStatus,
      nullable: false,
      description: 'Whether the freeze is active now.',
      resolve: (period, _args, context) => (freezeWindowOf(context)(period).active ? 'ACTIVE' : 'INACTIVE'),
    }),
    startCron: t.exposeString('freezeStart', {
      nullable: false,
      description:
        'When the freeze starts: a cron expression of five fields, read like GitLab reads it, for example `0 23 * * 5`. Ranges may wrap (`SAT-SUN`).',
    }),
    endCron: t.exposeString('freezeEnd', {
      nullable: false,
      description: 'When the freeze ends: a cron expression of five fields, for example `0 7 * * 1`.',
    }),
    cronTimezone: t.exposeString('cronTimezone', {
      description: 'Time zone of both expressions, for example `UTC`, `Europe/Berlin` or `Eastern Time (US & Canada)`.',
    }),
    startTime: t.field({
      type: 'Time',
      description: 'The latest start if the freeze is active, otherwise the next start. Null when it never starts.',
      resolve: (period, _args, context) => freezeWindowOf(context)(period).startTime,
    }),
    endTime: t.field({
      type: 'Time',
      description: 'The next end from now. Null when it never ends.',
      resolve: (period, _args, context) => freezeWindowOf(context)(period).endTime,
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      nullable: false,
      description: 'When it was created. Not in GitLab.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'Time',
      nullable: false,
      description: 'When it last changed. Not in GitLab.',
    }),
  }),
})

givenRows('freezePeriods', CiFreezePeriodType)

const freezePeriodPageTypes = pageTypes({
  type: CiFreezePeriodType,
  name: 'CiFreezePeriod',
  one: 'A freeze period',
  many: 'freeze periods',
})

builder.prismaObjectFields('Project', (t) => ({
  freezePeriods: t.connection(
    {
      type: CiFreezePeriodType,
      access: { needs: 'freeze-period:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The freeze periods, oldest first. Not in GitLab.',
      resolve: freezePeriodsOfProject,
    },
    ...freezePeriodPageTypes,
  ),
  deployFreezeActive: t.boolean({
    nullable: false,
    access: 'public',
    description: 'Whether any freeze period is active now. Everybody who may read the project sees it. Not in GitLab.',
    resolve: (project, _args, context) => isFrozen(context, project),
  }),
}))
