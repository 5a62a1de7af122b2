// The queries in PostGraphile's own shape, and its answers in ours, to compare them. What a client would compute from the
// columns itself (URLs, masks of times) it is not asked for.
const AUTHOR = 'userByAuthorId'
const LINKS =
  'assetLinksByReleaseId(orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { nodes { rowId name url filepath linkType } }'
const EVIDENCES = 'evidencesByReleaseId(orderBy: [CREATED_AT_ASC, ROW_ID_ASC]) { nodes { rowId sha createdAt } }'
const milestones = (more = '') =>
  `milestoneReleasesByReleaseId { nodes { milestoneByMilestoneId { rowId title ${more} issuesCount closedIssuesCount dueDate } } }`
const RELEASE = `rowId tag name descriptionHtml releasedAt createdAt ${AUTHOR} { username name } ${LINKS} ${EVIDENCES} ${milestones()}`
const FRONT_END = `rowId tag name descriptionHtml releasedAt createdAt linksCount ${AUTHOR} { rowId avatarUrl username } ${LINKS} ${EVIDENCES}
  ${milestones('description iid')}`
const PAGE_INFO = 'pageInfo { startCursor endCursor hasNextPage hasPreviousPage }'

const releases = (fields, more = '', top = '') => `query page($path: String!, $first: Int!, $after: Cursor) {
  allProjects(condition: { fullPath: $path }, first: 1) { nodes { rowId path fullPath ${more}
    releasesByProjectId(first: $first, after: $after, orderBy: [RELEASED_AT_DESC, ROW_ID_DESC]) { ${fields && `nodes { ${fields} }`} ${PAGE_INFO} } ${top} } } }`

const operations = {
  page: ({ walk }) => releases(walk ? '' : RELEASE),
  pageWithCount: () => releases(RELEASE, 'releasesCount'),
  allReleases: () => releases(FRONT_END),
  one: () => `query one($path: String!, $tag: String!) { allProjects(condition: { fullPath: $path }, first: 1) { nodes {
    rowId releasesByProjectId(condition: { tag: $tag }, first: 1) { nodes { ${RELEASE} } } } } }`,
  groupPage:
    () => `query groupPage($path: String!, $first: Int!) { allGroups(condition: { fullPath: $path }, first: 1) { nodes {
    groupReleasesByGroupId(first: $first, orderBy: [RELEASED_AT_DESC, RELEASE_ID_DESC]) {
      nodes { releaseByReleaseId { ${RELEASE} } } ${PAGE_INFO} } } } }`,
  create: () => `mutation create($input: BenchPublishReleaseInput!) { benchPublishRelease(input: $input) {
    result { rowId tag assetLinksByReleaseId(orderBy: ROW_ID_DESC) { nodes { rowId name url linkType } } } } }`,
}

export const operationOf = ({ query }) => /(?:query|mutation) (\w+)/.exec(query)[1]

function variablesOf({ variables: { input, sort: _fixed, ...variables } }) {
  if (!input) return variables
  const { projectPath, tagName: tag, name, description, assets } = input
  return { input: { projectPath, tag, name, description, links: assets.links } }
}

export const translate = (query) => ({ query: operations[operationOf(query)](query), variables: variablesOf(query) })

const time = (text) => `${new Date(text).toISOString().slice(0, 19)}Z`
const gid = (type, row) => `gid://gitlab/${type}/${row.rowId}`
const linkOf = (link) => ({
  id: gid('Releases::Link', link),
  name: link.name,
  url: link.url,
  linkType: link.linkType.toUpperCase(),
})
const milestonesOf = (release) =>
  release.milestoneReleasesByReleaseId.nodes
    .map(({ milestoneByMilestoneId: milestone }) => milestone)
    .sort((a, b) => (a.dueDate < b.dueDate ? -1 : 1))
const statsOf = (milestone) => ({
  totalIssuesCount: milestone.issuesCount,
  closedIssuesCount: milestone.closedIssuesCount,
})

const authorOf = ({ rowId, ...author }) => (rowId === undefined ? author : { id: gid('User', { rowId }), ...author })

/** The fields of Q1; those of the front end's query are compared only as far as they go. */
const releaseOf = (release) => ({
  name: release.name ?? release.tag,
  tagName: release.tag,
  descriptionHtml: release.descriptionHtml ?? '',
  releasedAt: time(release.releasedAt),
  createdAt: time(release.createdAt),
  author: authorOf(release[AUTHOR]),
  assets: { links: { nodes: release.assetLinksByReleaseId.nodes.map(linkOf) } },
  evidences: {
    nodes: release.evidencesByReleaseId.nodes.map((evidence) => ({
      id: gid('Releases::Evidence', evidence),
      sha: evidence.sha,
      collectedAt: time(evidence.createdAt),
    })),
  },
  milestones: {
    nodes: milestonesOf(release).map((milestone) => ({
      id: gid('Milestone', milestone),
      title: milestone.title,
      stats: statsOf(milestone),
    })),
  },
})

const connectionOf = ({ nodes = [], pageInfo }) => ({
  nodes: nodes.map((node) => releaseOf(node.releaseByReleaseId ?? node)),
  pageInfo,
})

const projectOf = (data) => data.allProjects.nodes[0]
const pageOf = (data) => ({ project: { releases: connectionOf(projectOf(data).releasesByProjectId) } })

const mappings = {
  page: pageOf,
  allReleases: pageOf,
  pageWithCount: (data) => ({
    project: {
      releases: { count: projectOf(data).releasesCount, ...connectionOf(projectOf(data).releasesByProjectId) },
    },
  }),
  one: (data) => ({ project: { release: releaseOf(projectOf(data).releasesByProjectId.nodes[0]) } }),
  groupPage: (data) => ({ group: { releases: connectionOf(data.allGroups.nodes[0].groupReleasesByGroupId) } }),
  create: ({ benchPublishRelease: { result } }) => ({
    releaseCreate: {
      errors: [],
      release: {
        id: gid('Release', result),
        tagName: result.tag,
        assets: { links: { nodes: result.assetLinksByReleaseId.nodes.map(linkOf) } },
      },
    },
  }),
}

export const mapData = (query, data) => mappings[operationOf(query)](data)
