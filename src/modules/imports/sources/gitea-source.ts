// Releases and milestones from Gitea and Forgejo: https://docs.gitea.com/api
import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import { allReleases, toIssues, toMilestones, toRelease } from './github-source.ts'
import { type ImportSource, identifyProject, ifReadable, pagesOf, type SourceProject } from './source.ts'

const TagProtections = z.array(
  z.object({
    name_pattern: z.string(),
    whitelist_usernames: z.array(z.string()).nullish(),
    whitelist_teams: z.array(z.string()).nullish(),
  }),
)

function toProtectedTags(page: unknown, { leave }: SourceProject) {
  return TagProtections.parse(page).flatMap(({ name_pattern: name, whitelist_usernames, whitelist_teams }) => {
    const isExpression = name.startsWith('/') && name.endsWith('/')
    if (isExpression) leave(`Protected tag ${name}`, 'it is a regular expression, and here * stands for any characters')
    else if (whitelist_usernames?.length || whitelist_teams?.length) {
      leave(`Protected tag ${name}`, 'the people and teams that it admits are not known here, so it admits Maintainers')
    }
    return isExpression ? [] : [{ name, createAccessLevel: role.maintainer }]
  })
}

export function giteaSource(source: SourceProject): ImportSource {
  const { server, from, path, leave } = source
  const repository = `api/v1/repos/${path}`
  const list = (rest: string) => pagesOf(server, `${repository}/${rest}`, 'limit')
  const read = {
    async *milestones() {
      for await (const page of list('milestones?state=all')) yield toMilestones(page)
    },
    async *issues() {
      for await (const page of list('issues?state=all&type=issues')) yield toIssues(page)
    },
    async *protectedTags() {
      // This list has no pages.
      yield toProtectedTags(await server.json(`${repository}/tag_protections`), source)
    },
  }
  return {
    gitUrl: `${from.href.replace(/\/$/, '')}/${path}.git`,
    identify: () => identifyProject(source, repository),
    milestones: () => ifReadable(read.milestones(), 'Milestones', leave),
    issues: () => ifReadable(read.issues(), 'Issues', leave),
    groupMilestones: () => [],
    formerRelease: (row) => row,
    async *releases() {
      yield (await allReleases(source, list('releases'))).map(toRelease)
    },
    protectedTags: () => ifReadable(read.protectedTags(), 'Protected tags', leave),
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *packageFiles() {
      leave('Packages', 'they belong to the owner and not to the project: the files of releases come along as links')
    },
    packageFilePath: ({ fileName }) => fileName,
    packageUrls: () => [],
  }
}
