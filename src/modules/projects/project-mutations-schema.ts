import { assertNotNull, mutation } from '../../graphql/mutation.ts'
import { ProjectFeatureAccessLevel, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { createProject } from './create-project.ts'
import { ProjectType } from './project-schema.ts'
import { updateProject } from './update-project.ts'

const level = { type: ProjectFeatureAccessLevel } as const

const settings = [
  'name',
  'visibility',
  'archived',
  'releasesLevel',
  'repositoryLevel',
  'issuesLevel',
  'mergeRequestsLevel',
  'freezeRefusesReleases',
  'packageDuplicatesAllowed',
] as const

mutation('projectCreate', {
  ability: 'group/project:create',
  description: 'Make a project with an empty repository. Needs the role Maintainer in the group. Not in GitLab.',
  input: (t) => ({
    groupPath: t.id({ required: true, description: 'Full path of the group that it lies in.' }),
    path: t.string({
      required: true,
      description: 'Own path: letters, digits, `_`, `-` and `.`; unique in its group, whatever the case.',
    }),
    name: t.string({ description: 'Name shown to people; the path when absent.' }),
    description: t.string({ description: 'What the project is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
  }),
  payload: { project: ProjectType },
  run: async (context, input) => ({ project: await createProject(context, input) }),
})

mutation('projectUpdate', {
  ability: 'project:update',
  description:
    'Change the settings of a project. Only the description may be null. Needs the role Maintainer. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    name: t.string({ description: 'Name shown to people.' }),
    description: t.string({ description: 'What the project is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it.' }),
    archived: t.boolean({ description: 'Whether it is read-only; then `false` is the only way to change anything.' }),
    releasesLevel: t.field({ ...level, description: 'Who may see the releases.' }),
    repositoryLevel: t.field({ ...level, description: 'Who may see the code, and with it the tags.' }),
    issuesLevel: t.field({ ...level, description: 'Who may see the issues.' }),
    mergeRequestsLevel: t.field({ ...level, description: 'Who may see the merge requests.' }),
    freezeRefusesReleases: t.boolean({ description: 'Whether no release may be created during a deploy freeze.' }),
    packageDuplicatesAllowed: t.boolean({
      description: 'Whether uploading a file of a package again replaces it; else it is refused.',
    }),
  }),
  payload: { project: ProjectType },
  run: async (context, input) => {
    assertNotNull(input, settings)
    const { projectPath, ...changes } = input
    return { project: await updateProject(context, { projectPath, ...changes }) }
  },
})
