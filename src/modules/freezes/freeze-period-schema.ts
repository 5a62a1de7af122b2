import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { connection, emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { countOfFreezePeriods, freezePeriodPage, freezeWindowOf, isFrozen } from './freeze-loaders.ts'

const CiFreezePeriodStatus = builder.enumType('CiFreezePeriodStatus', {
  description: 'Whether a freeze period is active now.',
  values: {
    ACTIVE: { description: 'Now is between a start and the first end after it, both included.' },
    INACTIVE: { description: 'Deployments are not frozen by this period.' },
  },
})

export const CiFreezePeriodType = builder.prismaNode('FreezePeriod', {
  name: 'CiFreezePeriod',
  id: { field: 'id', access: 'public', description: 'Global ID. Not in GitLab.' },
  description:
    'A recurring window in which a project should not be deployed. Times that the zone skips when its clocks change count as ' +
    'soon as they have changed, times that occur twice count once.',
  include: { project: true },
  access: { needs: 'freeze-period:read', project: (period) => period.project },
  nullable: true,
  findUnique: (id) => ({ id: Number(id) }),
  fields: (t) => ({
    number: t.exposeInt('id', {
      internal: true,
      nullable: false,
      access: 'public',
      description: 'The number in the global ID.',
    }),
    status: t.field({
      type: CiFreezePeriodStatus,
      nullable: false,
      access: 'public',
      description: 'Whether it is active now.',
      resolve: (period, _args, context) => (freezeWindowOf(context)(period).active ? 'ACTIVE' : 'INACTIVE'),
    }),
    startCron: t.exposeString('freezeStart', {
      nullable: false,
      access: 'public',
      description:
        'When it starts: a cron expression of five fields, read as GitLab does, for example `0 23 * * 5`; ranges may wrap (`SAT-SUN`).',
    }),
    endCron: t.exposeString('freezeEnd', {
      nullable: false,
      access: 'public',
      description: 'When it ends: a cron expression of five fields, for example `0 7 * * 1`.',
    }),
    cronTimezone: t.exposeString('cronTimezone', {
      access: 'public',
      description: 'Time zone of both expressions, for example `UTC`, `Europe/Berlin` or `Eastern Time (US & Canada)`.',
    }),
    startTime: t.field({
      type: 'Time',
      access: 'public',
      description: 'The latest start when it is active, otherwise the next one; null when it never starts.',
      resolve: (period, _args, context) => freezeWindowOf(context)(period).startTime,
    }),
    endTime: t.field({
      type: 'Time',
      access: 'public',
      description: 'The next end, counted from now; null when it never ends.',
      resolve: (period, _args, context) => freezeWindowOf(context)(period).endTime,
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      nullable: false,
      access: 'public',
      description: 'When it was created. Not in GitLab.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'Time',
      nullable: false,
      access: 'public',
      description: 'When it last changed. Not in GitLab.',
    }),
  }),
})

givenRows('freezePeriods', CiFreezePeriodType)

const CiFreezePeriodEdge = builder.edgeObject({
  type: CiFreezePeriodType,
  name: 'CiFreezePeriodEdge',
  description: 'A freeze period in a page.',
})

const CiFreezePeriodConnection = builder.connectionObject(
  { type: CiFreezePeriodType, name: 'CiFreezePeriodConnection', description: 'A page of freeze periods.' },
  CiFreezePeriodEdge,
)

builder.prismaObjectFields('Project', (t) => ({
  freezePeriods: t.connection(
    {
      type: CiFreezePeriodType,
      access: { needs: 'freeze-period:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The freeze periods, oldest first. Not in GitLab.',
      resolve: (project, args, context) =>
        connection(freezePeriodPage(context, project, toWindow(args)), () => countOfFreezePeriods(context, project.id)),
    },
    CiFreezePeriodConnection,
    CiFreezePeriodEdge,
  ),
  deployFreezeActive: t.boolean({
    nullable: false,
    access: 'public',
    description: 'Whether any freeze period is active now; told to everyone who may read the project. Not in GitLab.',
    resolve: (project, _args, context) => isFrozen(context, project),
  }),
}))
