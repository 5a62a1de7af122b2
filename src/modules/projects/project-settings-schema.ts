// The settings of a project: how they are shown, and how they are changed.
import { builder } from '../../graphql/builder.ts'
import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ProjectFeatureAccessLevel, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { ProjectType } from './project-schema.ts'
import { MAX_TOPICS } from './topics.ts'
import { updateProject } from './update-project.ts'

const level = { type: ProjectFeatureAccessLevel } as const
const notInGitLab = 'Not in GitLab under this name.'

const shownLevel = (description: string) =>
  ({ ...level, nullable: false, access: 'public', description: `${description} ${notInGitLab}` }) as const

const mergeRequests = 'Who may see the merge requests. Whoever sees the issues or the merge requests sees milestones.'

builder.prismaObjectFields(ProjectType, (t) => ({
  releasesLevel: t.expose('releasesLevel', shownLevel('Who may see the releases.')),
  repositoryLevel: t.expose('repositoryLevel', shownLevel('Who may see the code, and with it the tags.')),
  issuesLevel: t.expose('issuesLevel', shownLevel('Who may see the issues.')),
  mergeRequestsLevel: t.expose('mergeRequestsLevel', shownLevel(mergeRequests)),
  freezeRefusesReleases: t.exposeBoolean('freezeRefusesReleases', {
    nullable: false,
    access: 'public',
    description: 'Whether new releases are refused during a deploy freeze. Not in GitLab.',
  }),
  permalinkIsStable: t.exposeBoolean('permalinkIsStable', {
    nullable: false,
    access: 'public',
    description: 'Whether `permalink/latest` leads to the latest stable release. Not in GitLab.',
  }),
  packageDuplicatesAllowed: t.exposeBoolean('packageDuplicatesAllowed', {
    nullable: false,
    access: 'public',
    description: `Whether an upload may replace a file of a package. Otherwise it is refused. ${notInGitLab}`,
  }),
}))

mutation('projectUpdate', {
  ability: 'project:update',
  description:
    'Change the settings of a project. Only the description may be null. Needs the role Maintainer. Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    name: t.string({ description: 'Name shown to people.' }),
    path: t.string({ description: 'Path in its group. The old path leads on until somebody takes it.' }),
    defaultBranch: t.string({ description: 'Name of a branch. Needs the code.' }),
    description: t.string({ description: 'What the project is for.' }),
    visibility: t.field({
      type: VisibilityLevelsEnum,
      description: 'Who may read it. Another than now needs the role Owner.',
    }),
    topics: t.stringList({ description: `What it is about, instead of its topics: at most ${MAX_TOPICS}.` }),
    archived: t.boolean({ description: 'Whether it is read-only. If it is, nothing changes it but `false` here.' }),
    releasesLevel: t.field({ ...level, description: 'Who may see the releases.' }),
    repositoryLevel: t.field({ ...level, description: 'Who may see the code, and with it the tags.' }),
    issuesLevel: t.field({ ...level, description: 'Who may see the issues.' }),
    mergeRequestsLevel: t.field({ ...level, description: 'Who may see the merge requests.' }),
    freezeRefusesReleases: t.boolean({ description: 'Whether new releases are refused during a deploy freeze.' }),
    permalinkIsStable: t.boolean({
      description: 'Whether `permalink/latest` leads to the latest stable release, and not to the greatest date.',
    }),
    packageDuplicatesAllowed: t.boolean({
      description: 'Whether an upload may replace a file of a package. Otherwise it is refused.',
    }),
  }),
  payload: { project: ProjectType },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'description')
    return { project: await updateProject(context, input) }
  },
})
