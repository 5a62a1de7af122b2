import { builder } from '../../graphql/builder.ts'
import { ProjectFeatureAccessLevel } from '../groups/feature-levels-schema.ts'
import { ProjectType } from './project-schema.ts'

const notInGitLab = 'Not in GitLab under this name.'

const level = (who: string) =>
  ({
    type: ProjectFeatureAccessLevel,
    nullable: false,
    access: 'public',
    description: `Who may see ${who}. ${notInGitLab}`,
  }) as const

const milestonesToo = 'the merge requests; milestones are shown when they or the issues are'

builder.prismaObjectFields(ProjectType, (t) => ({
  releasesLevel: t.expose('releasesLevel', level('the releases')),
  repositoryLevel: t.expose('repositoryLevel', level('the code, and with it the tags')),
  issuesLevel: t.expose('issuesLevel', level('the issues')),
  mergeRequestsLevel: t.expose('mergeRequestsLevel', level(milestonesToo)),
  freezeRefusesReleases: t.exposeBoolean('freezeRefusesReleases', {
    nullable: false,
    access: 'public',
    description: 'Whether no release may be created during a deploy freeze. Not in GitLab.',
  }),
  packageDuplicatesAllowed: t.exposeBoolean('packageDuplicatesAllowed', {
    nullable: false,
    access: 'public',
    description: `Whether uploading a file of a package again replaces it; else it is refused. ${notInGitLab}`,
  }),
}))
