// What a project can ask for: how a setting is shown, and how it is changed.
import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ProjectFeatureAccessLevel, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { ProjectType } from './project-schema.ts'
import { updateProject } from './update-project.ts'

const level = { type: ProjectFeatureAccessLevel } as const
const notInGitLab = 'Not in GitLab under this name.'

builder.prismaObjectFields(ProjectType, (t) => ({
  releasesLevel: t.expose('releasesLevel', {
    type: ProjectFeatureAccessLevel,
    nullable: false,
    access: 'public',
    description: `Who may see the releases. ${notInGitLab}`,
  }),
  repositoryLevel: t.expose('repositoryLevel', {
    type: ProjectFeatureAccessLevel,
    nullable: false,
    access: 'public',
    description: `Who may see the code, and with it the tags. ${notInGitLab}`,
  }),
  issuesLevel: t.expose('issuesLevel', {
    type: ProjectFeatureAccessLevel,
    nullable: false,
    access: 'public',
    description: `Who may see the issues. ${notInGitLab}`,
  }),
  mergeRequestsLevel: t.expose('mergeRequestsLevel', {
    type: ProjectFeatureAccessLevel,
    nullable: false,
    access: 'public',
    description: `Who may see the merge requests. Whoever sees the issues or the merge requests sees milestones. ${notInGitLab}`,
  }),
  freezeRefusesReleases: t.exposeBoolean('freezeRefusesReleases', {
    nullable: false,
    access: 'public',
    description: 'Whether new releases are refused during a deploy freeze. Not in GitLab.',
  }),
  packageDuplicatesAllowed: t.exposeBoolean('packageDuplicatesAllowed', {
    nullable: false,
    access: 'public',
    description: `Whether a file of a package that is uploaded again replaces the earlier file. Otherwise it is refused. ${notInGitLab}`,
  }),
}))

mutation('projectUpdate', {
  ability: 'project:update',
  description: 'Change the settings of a project. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Changes of a project. What is absent stays as it is. Only the description may be null.',
    argument: 'The changes.',
    fields: (t) => ({
      projectPath: t.id({ required: true, description: 'Full path of the project.' }),
      name: t.string({ description: 'Name shown to people.' }),
      description: t.string({ description: 'What the project is for.' }),
      visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it.' }),
      archived: t.boolean({
        description: 'Whether it is read-only. An archived project changes only with `false` here.',
      }),
      releasesLevel: t.field({ ...level, description: 'Who may see the releases.' }),
      repositoryLevel: t.field({ ...level, description: 'Who may see the code, and with it the tags.' }),
      issuesLevel: t.field({ ...level, description: 'Who may see the issues.' }),
      mergeRequestsLevel: t.field({ ...level, description: 'Who may see the merge requests.' }),
      freezeRefusesReleases: t.boolean({ description: 'Whether new releases are refused during a deploy freeze.' }),
      packageDuplicatesAllowed: t.boolean({
        description:
          'Whether a file of a package that is uploaded again replaces the earlier file. Otherwise it is refused.',
      }),
    }),
  },
  payload: { description: 'The project that was changed.', fields: { project: ProjectType } },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description')
    return { project: await updateProject(context, input) }
  },
})
