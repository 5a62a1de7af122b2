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
