// The schema of Mercurius and Apollo: Waybill's own, as far as the queries of the benchmark go.
import { GraphQLScalarType } from 'graphql'

export const typeDefs = `
  scalar Time
  enum ReleaseSort { RELEASED_AT_DESC }
  enum ReleaseAssetLinkType { OTHER RUNBOOK PACKAGE IMAGE }
  type Query { project(fullPath: ID!): Project group(fullPath: ID!): Group }
  type Mutation { releaseCreate(input: ReleaseCreateInput!): ReleaseCreatePayload }
  type Project {
    id: ID! release(tagName: String!): Release
    releases(first: Int, after: String, sort: ReleaseSort = RELEASED_AT_DESC): ReleaseConnection
  }
  type Group { releases(first: Int, after: String): ReleaseConnection }
  type ReleaseConnection { count: Int! nodes: [Release] pageInfo: PageInfo! }
  type PageInfo { startCursor: String endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! }
  type Release {
    id: ID! name: String tagName: String tagPath: String descriptionHtml: String releasedAt: Time createdAt: Time
    upcomingRelease: Boolean historicalRelease: Boolean author: User assets: ReleaseAssets links: ReleaseLinks
    evidences: EvidenceConnection milestones: MilestoneConnection
  }
  type User { id: ID! username: String! name: String! webUrl: String avatarUrl: String }
  type ReleaseAssets { count: Int sources: SourceConnection links: LinkConnection }
  type SourceConnection { nodes: [Source] }
  type Source { format: String url: String }
  type LinkConnection { nodes: [Link] }
  type Link { id: ID! name: String url: String directAssetUrl: String linkType: ReleaseAssetLinkType }
  type EvidenceConnection { nodes: [Evidence] }
  type Evidence { id: ID! sha: String filepath: String collectedAt: Time }
  type ReleaseLinks {
    selfUrl: String editUrl: String openedIssuesUrl: String closedIssuesUrl: String
    openedMergeRequestsUrl: String mergedMergeRequestsUrl: String closedMergeRequestsUrl: String
  }
  type MilestoneConnection { nodes: [Milestone] }
  type Milestone { id: ID! title: String! description: String webPath: String stats: MilestoneStats }
  type MilestoneStats { totalIssuesCount: Int closedIssuesCount: Int }
  input ReleaseCreateInput { projectPath: ID! tagName: String! name: String description: String assets: AssetsInput }
  input AssetsInput { links: [LinkInput!] }
  input LinkInput { name: String! url: String! linkType: ReleaseAssetLinkType }
  type ReleaseCreatePayload { errors: [String!]! release: Release }`

const base = process.env.BASE_URL
const gid = (type) => (row) => `gid://gitlab/${type}/${row.id}`
const seconds = (time) => Math.floor(time.getTime() / 1000)
const project = (release) => `${base}/${release.project.full_path}`
const page = (release) => `${project(release)}/-/releases/${encodeURIComponent(release.tag)}`
const list = (name, state) => (release) =>
  `${project(release)}/-/${name}?release_tag=${encodeURIComponent(release.tag)}&scope=all&state=${state}`
const source = (release, format) => ({
  format,
  url: `${project(release)}/-/archive/${release.tag}/${release.project.path}-${release.tag.replaceAll('/', '-')}.${format}`,
})

/** What is computed from the row of its type; what is read from the database is in peer-data.mjs. */
export const computed = {
  Time: new GraphQLScalarType({ name: 'Time', serialize: (time) => `${time.toISOString().slice(0, 19)}Z` }),
  Project: { id: gid('Project') },
  Release: {
    id: gid('Release'),
    name: (release) => release.name ?? release.tag,
    tagName: (release) => release.tag,
    tagPath: (release) => `/${release.project.full_path}/-/tags/${encodeURIComponent(release.tag)}`,
    descriptionHtml: (release) => release.description_html ?? '',
    releasedAt: (release) => release.released_at,
    createdAt: (release) => release.created_at,
    upcomingRelease: (release) => seconds(release.released_at) > seconds(new Date()),
    historicalRelease: (release) => seconds(release.released_at) < seconds(release.created_at),
    assets: (release) => release,
    links: (release) => release,
  },
  User: { id: gid('User'), webUrl: (user) => `${base}/${user.username}`, avatarUrl: (user) => user.avatar_url },
  ReleaseAssets: {
    count: (release) => release.links_count + 4,
    sources: (release) => ({ nodes: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => source(release, format)) }),
  },
  Link: {
    id: gid('Releases::Link'),
    linkType: (link) => link.link_type.toUpperCase(),
    directAssetUrl: (link) => (link.filepath ? `${page(link.release)}/downloads${link.filepath}` : link.url),
  },
  Evidence: {
    id: gid('Releases::Evidence'),
    filepath: (evidence) => `${page(evidence.release)}/evidences/${evidence.id}.json`,
    collectedAt: (evidence) => evidence.created_at,
  },
  ReleaseLinks: {
    selfUrl: page,
    editUrl: () => null,
    openedIssuesUrl: list('issues', 'opened'),
    closedIssuesUrl: list('issues', 'closed'),
    openedMergeRequestsUrl: list('merge_requests', 'opened'),
    mergedMergeRequestsUrl: list('merge_requests', 'merged'),
    closedMergeRequestsUrl: list('merge_requests', 'closed'),
  },
  Milestone: {
    id: gid('Milestone'),
    webPath: (milestone) => `/${milestone.release.project.full_path}/-/milestones/${milestone.iid}`,
    stats: (milestone) => milestone,
  },
  MilestoneStats: {
    totalIssuesCount: (milestone) => milestone.issues_count,
    closedIssuesCount: (milestone) => milestone.closed_issues_count,
  },
}
