import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { environmentsOfProject, findEnvironment } from './environment-loaders.ts'
import { freezePeriodsOf } from './freeze-loaders.ts'
import { CiFreezePeriodType } from './freeze-period-schema.ts'

const EnvironmentType = builder.prismaObject('Environment', {
  description: 'A place that a project is deployed to.',
  include: { project: true },
  access: { needs: 'environment:read', project: (environment) => environment.project, fields: 'public' },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global ID.',
      resolve: (environment) => toGlobalId('Environment', environment.id),
    }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'Name, unique in its project, for example `production`.',
    }),
    deployFreezes: t.field({
      type: [CiFreezePeriodType],
      access: { needs: 'freeze-period:read', otherwise: null },
      description: 'The freeze periods of the project, oldest first.',
      resolve: (environment, _args, context) => freezePeriodsOf(context, environment.project),
    }),
  }),
})

const environmentPageTypes = pageTypes({
  type: EnvironmentType,
  name: 'Environment',
  one: 'An environment',
  many: 'environments',
})

builder.prismaObjectFields('Project', (t) => ({
  environment: t.field({
    type: EnvironmentType,
    access: { needs: 'environment:read', otherwise: null },
    description: 'The environment with exactly this name; null when there is none.',
    args: { name: t.arg.string({ required: true, description: 'The name. Upper and lower case differ.' }) },
    resolve: (project, { name }, context) => findEnvironment(context, project, name),
  }),
  environments: t.connection(
    {
      type: EnvironmentType,
      access: { needs: 'environment:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The environments, oldest first.',
      resolve: environmentsOfProject,
    },
    ...environmentPageTypes,
  ),
}))
