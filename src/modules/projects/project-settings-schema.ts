import { builder } from '../../graphql/builder.ts'
import { ProjectFeatureAccessLevel } from '../groups/feature-levels-schema.ts'
import { ProjectType } from './project-schema.ts'

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
    description: `Whether an upload may replace a file of a package. Otherwise it is refused. ${notInGitLab}`,
  }),
}))
