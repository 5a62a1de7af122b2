import { mutation } from '../../graphql/mutation.ts'
import { VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { createProject } from './create-project.ts'
import { ProjectType } from './project-schema.ts'

mutation('projectCreate', {
  ability: 'group/project:create',
  description: 'Create a project with an empty repository. Needs the role Maintainer in the group. Not in GitLab.',
  input: {
    description: 'A new project. Not in GitLab.',
    argument: 'The project.',
    fields: (t) => ({
      groupPath: t.id({ required: true, description: 'Full path of its group.' }),
      path: t.string({
        required: true,
        description:
          'Last segment of its path: letters, digits, `_`, `-` and `.`. Unique in its group, whatever the case.',
      }),
      name: t.string({ description: 'Name shown to people. Absent: the path.' }),
      description: t.string({ description: 'What the project is for.' }),
      visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
    }),
  },
  payload: { description: 'The new project.', fields: { project: ProjectType } },
  run: async (context, input) => ({ project: await createProject(context, input) }),
})
