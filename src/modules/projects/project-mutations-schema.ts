import { mutation } from '../../graphql/mutation.ts'
import { VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { createProject } from './create-project.ts'
import { ProjectType } from './project-schema.ts'
import { MAX_TOPICS } from './topics.ts'
import { transferProject } from './transfer-project.ts'

mutation('projectCreate', {
  ability: 'group/project:create',
  description: 'Create a project with an empty repository. Needs the role Maintainer in the group. Not in GitLab.',
  input: (t) => ({
    groupPath: t.id({ required: true, description: 'Full path of its group.' }),
    path: t.string({
      required: true,
      description: 'Path in its group: letters, digits, `_`, `-` and `.`. Unique there, whatever the letter case.',
    }),
    name: t.string({ description: 'Name shown to people. Absent: the path.' }),
    description: t.string({ description: 'What the project is for.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
    topics: t.stringList({ description: `What it is about: at most ${MAX_TOPICS} topics.` }),
  }),
  payload: { project: ProjectType },
  run: async (context, input) => ({ project: await createProject(context, input) }),
})

mutation('projectTransfer', {
  ability: 'project:transfer',
  description:
    'Move a project to another group. Needs the role Owner, and in the group the role Maintainer. The old path leads on until ' +
    'somebody takes it. Milestones of groups that it leaves become its own. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    groupPath: t.id({ required: true, description: 'Full path of the group that it moves to.' }),
  }),
  payload: { project: ProjectType },
  run: async (context, input) => ({ project: await transferProject(context, input) }),
})
