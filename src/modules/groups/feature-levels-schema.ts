import { role } from '../../access/roles.ts'
import { builder } from '../../graphql/builder.ts'

export const VisibilityLevelsEnum = builder.enumType('VisibilityLevelsEnum', {
  description: 'Who may read a group or a project.',
  values: {
    private: { description: 'Its members.' },
    internal: { description: 'Everybody who is signed in.' },
    public: { description: 'Everybody.' },
  },
})

export const ProjectFeatureAccessLevel = builder.enumType('ProjectFeatureAccessLevel', {
  description: 'Who may use a feature of a project.',
  values: {
    DISABLED: { value: 'disabled', description: 'Nobody.' },
    PRIVATE: { value: 'private', description: 'Its members.' },
    ENABLED: { value: 'enabled', description: 'Everybody who may read the project.' },
  },
})

export const AccessLevelEnum = builder.enumType('AccessLevelEnum', {
  description: 'Roles of members, from low to high. Each role may do everything that the roles before it may do.',
  values: {
    GUEST: { value: role.guest, description: 'Reads releases and issues, but not the code of a private project.' },
    PLANNER: { value: role.planner, description: 'Plans: issues and milestones.' },
    REPORTER: { value: role.reporter, description: 'Reads the code, and with it tags and evidence.' },
    DEVELOPER: { value: role.developer, description: 'Publishes releases.' },
    MAINTAINER: { value: role.maintainer, description: 'Deletes releases, and changes settings and members.' },
    OWNER: { value: role.owner, description: 'Everything.' },
  } as const,
})
