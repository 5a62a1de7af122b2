// Every door that leads to something of a project, and what a viewer needs to see what is behind it.
import { db } from '../../src/database/db.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import type { World } from '../support/world.ts'

/** What a viewer needs. */
export type Need =
  | 'project'
  | 'releases'
  | 'code'
  | 'issues'
  | 'milestones'
  | 'releases and code'
  | 'releases and milestones'
  | 'releases as a member of the group'
  | 'evidence'

type Ids = Record<
  'release' | 'link' | 'evidence' | 'milestone' | 'groupMilestone' | 'issue' | 'packageFile' | 'package',
  number
> & { iid: number; sha: string }

/** A field that is open to the viewer gives an object, or a list that is not empty. */
// biome-ignore lint/suspicious/noExplicitAny: what is null depends on who asks
const fields: Record<string, [Need, (data: any) => unknown]> = {
  'Query.project': ['project', ({ project }) => project],
  'Project.releases': ['releases', ({ project }) => project?.releases.nodes[0]],
  'Project.releases.count': ['releases', ({ project }) => project?.releases.count],
  'Project.release': ['releases and code', ({ project }) => project?.release],
  'Project.latestRelease': ['releases', ({ project }) => project?.latestRelease],
  'Project.latestReleaseAssetLink': ['releases', ({ project }) => project?.latestReleaseAssetLink],
  'Project.issues': ['issues', ({ project }) => project?.issues.nodes[0]],
  'Project.issues.count': ['issues', ({ project }) => project?.issues.count],
  'Project.issue': ['issues', ({ project }) => project?.issue],
  'Project.milestones': ['milestones', ({ project }) => project?.milestones.nodes[0]],
  'Project.milestones.count': ['milestones', ({ project }) => project?.milestones.count],
  'Query.release': ['releases', ({ release }) => release],
  'Release.author': ['releases', ({ release }) => release?.author],
  'Release.tagName': ['releases and code', ({ release }) => release?.tagName],
  'Release.commit': ['releases and code', ({ release }) => release?.commit],
  'Release.assets.sources': ['releases and code', ({ release }) => release?.assets.sources.nodes[0]],
  'Release.milestones': ['releases and milestones', ({ release }) => release?.milestones.nodes[0]],
  'Release.evidences': ['evidence', ({ release }) => release?.evidences.nodes[0]],
  'Query.milestone': ['milestones', ({ milestone }) => milestone],
  'Milestone.project': ['milestones', ({ milestone }) => milestone?.project],
  'Milestone.releases': ['releases and milestones', ({ milestone }) => milestone?.releases.nodes[0]],
  'Milestone.releases of a group': ['releases', ({ groupMilestone }) => groupMilestone.releases.nodes[0]],
  'Milestone.releases.count of a group': ['releases', ({ groupMilestone }) => groupMilestone.releases.count],
  'Group.releases': ['releases as a member of the group', ({ group }) => group?.releases.nodes[0]],
  'node of the project': ['project', ({ nodes }) => nodes[0]],
  'node of a milestone': ['milestones', ({ nodes }) => nodes[1]],
  'node of a link': ['releases', ({ nodes }) => nodes[2]],
  'node of evidence': ['evidence', ({ nodes }) => nodes[3]],
}

const document = `
  query ($path: ID!, $group: ID!, $iid: String!, $release: ReleaseID!, $milestone: MilestoneID!, $groupMilestone: MilestoneID!, $ids: [ID!]!) {
    project(fullPath: $path) {
      id
      releases(first: 1) { count nodes { id } }
      release(tagName: "v1.0.0") { id }
      latestRelease { id }
      latestReleaseAssetLink(directAssetPath: "/bin/linux") { id }
      issues(first: 1) { count nodes { id } }
      issue(iid: $iid) { id }
      milestones(first: 1) { count nodes { id } }
    }
    release(id: $release) {
      id
      tagName
      author { id }
      commit { id }
      assets { sources(first: 1) { nodes { url } } }
      milestones(first: 1) { nodes { id } }
      evidences(first: 1) { nodes { id } }
    }
    milestone(id: $milestone) { id project { id } releases(first: 1) { nodes { id } } }
    groupMilestone: milestone(id: $groupMilestone) { releases(first: 1) { count nodes { id } } }
    group(fullPath: $group) { releases(first: 1) { nodes { id } } }
    nodes(ids: $ids) { id }
  }`

/** Replaces words in braces by numbers. */
const fill = (path: string, ids: Ids) => path.replace(/\{(\w+)\}/g, (_all, name: keyof Ids) => String(ids[name]))
const api =
  (path: string) =>
  ({ project }: World, ids: Ids) =>
    `/api/v4/projects/${project.id}${fill(path, ids)}`
const page =
  (path: string) =>
  ({ project }: World, ids: Ids) =>
    `/${project.fullPath}/-/${fill(path, ids)}`

/** An address that is open to the viewer answers with a success or a redirect, and its list is not empty. */
const addresses: Record<string, [Need, (world: World, ids: Ids) => string]> = {
  'GET project': ['project', api('')],
  'GET releases': ['releases', api('/releases')],
  'GET a release': ['releases and code', api('/releases/v1.0.0')],
  'GET the latest release': ['releases and code', api('/releases/permalink/latest')],
  'GET a download': ['releases and code', api('/releases/v1.0.0/downloads/bin/linux')],
  'GET links': ['releases and code', api('/releases/v1.0.0/assets/links')],
  'GET a link': ['releases', api('/releases/v1.0.0/assets/links/{link}')],
  'GET releases of the group': [
    'releases as a member of the group',
    ({ group: { id } }) => `/api/v4/groups/${id}/releases`,
  ],
  'GET milestones': ['milestones', api('/milestones')],
  'GET a milestone': ['milestones', api('/milestones/{milestone}')],
  'GET issues': ['issues', api('/issues')],
  'GET an issue': ['issues', api('/issues/{iid}')],
  'GET a commit': ['code', api('/repository/commits/{sha}')],
  'GET the refs of a commit': ['code', api('/repository/commits/{sha}/refs')],
  'GET the diff of a commit': ['code', api('/repository/commits/{sha}/diff')],
  'GET a changelog': ['code', api('/repository/changelog?version=2.0.0')],
  'GET tags': ['code', api('/repository/tags')],
  'GET packages': ['code', api('/packages')],
  'GET a package': ['code', api('/packages/{package}')],
  'GET the files of a package': ['code', api('/packages/{package}/package_files')],
  'GET a file of a package': ['code', api('/packages/generic/app/1.0.0/app.bin')],
  'a file of a package by its number': ['code', page('package_files/{packageFile}/download')],
  'the page of releases': ['releases', page('releases')],
  'the list of releases as JSON': ['releases', page('releases.json')],
  'the feed': ['releases', page('releases.atom')],
  'the page of a release by its tag': ['releases and code', page('releases/v1.0.0')],
  'the page of a release by its number': ['releases', page('releases/id/{release}')],
  'a download by a tag': ['releases and code', page('releases/v1.0.0/downloads/bin/linux')],
  'a download by a number': ['releases', page('releases/id/{release}/downloads/bin/linux')],
  'the latest release by its permanent link': ['releases', page('releases/permalink/latest')],
  'evidence as JSON': ['evidence', page('releases/v1.0.0/evidences/{evidence}.json')],
}

/** Keys of the first release and the first tag in REST's lists, which are empty when releases or tags are hidden. */
// biome-ignore lint/suspicious/noExplicitAny: keys are left out where they are hidden
const keys: Record<string, [Need, (first: { release: any; tag: any }) => unknown]> = {
  'tag_name in REST': ['releases and code', ({ release }) => release?.tag_name],
  'commit in REST': ['releases and code', ({ release }) => release?.commit],
  'milestones in REST': ['releases and milestones', ({ release }) => release?.milestones],
  'evidences in REST': ['evidence', ({ release }) => release?.evidences?.[0]],
  'release of a tag in REST': ['releases and code', ({ tag }) => tag?.release],
}

/** The need of each door. */
export const needs: Record<string, Need> = Object.fromEntries(
  [fields, addresses, keys].flatMap((entrances) => Object.entries(entrances).map(([name, [need]]) => [name, need])),
)

async function findIds({ project, release }: World, groupMilestone: { id: number }): Promise<Ids> {
  const [link, evidence, issue, found] = await Promise.all([
    db.assetLink.findFirstOrThrow({ where: { releaseId: release.id, filepath: '/bin/linux' } }),
    db.evidence.findFirstOrThrow({ where: { releaseId: release.id } }),
    db.issue.findFirstOrThrow({ where: { projectId: project.id } }),
    db.package.findFirstOrThrow({ where: { projectId: project.id }, include: { files: true } }),
  ])
  return {
    ...{ release: release.id, link: link.id, evidence: evidence.id, package: found.id },
    ...{ milestone: issue.milestoneId ?? 0, groupMilestone: groupMilestone.id, issue: issue.id, iid: issue.iid },
    packageFile: found.files[0]?.id ?? 0,
    sha: release.sha ?? '',
  }
}

const isShown = (value: unknown) => value !== null && value !== undefined && value !== 0

/** Looks through every door and says which of them show something to the viewer with this token, or with these headers. */
export type Entrances = {
  lookInto: (token: string | null, headers?: Record<string, string>) => Promise<Record<string, boolean>>
}

export async function openEntrances(app: TestApp, world: World, groupMilestone: { id: number }): Promise<Entrances> {
  const ids = await findIds(world, groupMilestone)
  const gid = (type: string, id: number) => `gid://gitlab/${type}/${id}`
  const variables = {
    ...{ path: world.project.fullPath, group: world.group.fullPath, iid: String(ids.iid) },
    ...{ release: gid('Release', ids.release), milestone: gid('Milestone', ids.milestone) },
    groupMilestone: gid('Milestone', ids.groupMilestone),
    ids: [
      ...[gid('Project', world.project.id), gid('Milestone', ids.milestone)],
      ...[gid('Releases::Link', ids.link), gid('Releases::Evidence', ids.evidence)],
    ],
  }
  const get = (path: string, headers: Record<string, string>) => fetch(app.url + path, { redirect: 'manual', headers })
  return {
    async lookInto(token, headers = token ? { 'private-token': token } : {}) {
      const { data, errors } = await query(app, document, variables, { headers })
      if (errors) throw new Error(JSON.stringify(errors))
      const firstOf = async (path: string) => {
        const list = await get(api(path)(world, ids), headers)
        return list.ok ? ((await list.json()) as unknown[])[0] : undefined
      }
      const first = { release: await firstOf('/releases'), tag: await firstOf('/repository/tags') }
      const opened = await Promise.all(
        Object.entries(addresses).map(async ([name, [, pathOf]]) => {
          const response = await get(pathOf(world, ids), headers)
          return [name, (await response.text()) !== '[]' && response.status < 400] as const
        }),
      )
      return Object.fromEntries([
        ...Object.entries(fields).map(([name, [, find]]) => [name, isShown(find(data))] as const),
        ...opened,
        ...Object.entries(keys).map(([name, [, find]]) => [name, isShown(find(first))] as const),
      ])
    },
  }
}
