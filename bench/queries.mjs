// The queries in Waybill's schema. `peer` is the query without commits, which only Waybill can read from git. `rest` is the path
// that asks a subject with REST for the same facts.
import { allProjects, MIXED_TAGS, publicProjects } from './mixes.mjs'
import { UNUSED_EACH, unusedTag, versionTag } from './repository.mjs'

const RELEASE = `
  name tagName descriptionHtml releasedAt createdAt
  author { username name }
  assets { links { nodes { id name url linkType } } }
  evidences { nodes { id sha collectedAt } }
  milestones { nodes { id title stats { totalIssuesCount closedIssuesCount } } }`
const PAGE_INFO = 'pageInfo { startCursor endCursor hasNextPage hasPreviousPage }'

const page = (count = '') => `query ${count ? 'pageWithCount' : 'page'}($path: ID!, $first: Int!, $after: String) {
  project(fullPath: $path) { releases(first: $first, after: $after) { ${count} nodes { ${RELEASE} } ${PAGE_INFO} } } }`

const ONE = `query one($path: ID!, $tag: String!) { project(fullPath: $path) { release(tagName: $tag) { ${RELEASE} } } }`

const GROUP_PAGE = `query groupPage($path: ID!, $first: Int!, $after: String) {
  group(fullPath: $path) { releases(first: $first, after: $after) { nodes { ${RELEASE} } ${PAGE_INFO} } } }`

/** The query of the front end's releases page (docs/contract/front-end.md#list). */
const frontEnd = (commit = '') => `query allReleases($path: ID!, $first: Int!, $after: String, $sort: ReleaseSort) {
  project(fullPath: $path) { id releases(first: $first, after: $after, sort: $sort) { nodes {
    id name tagName tagPath descriptionHtml releasedAt createdAt upcomingRelease historicalRelease
    assets { count sources { nodes { format url } } links { nodes { id name url directAssetUrl linkType } } }
    evidences { nodes { id filepath collectedAt sha } }
    links { editUrl selfUrl openedIssuesUrl closedIssuesUrl openedMergeRequestsUrl mergedMergeRequestsUrl closedMergeRequestsUrl }
    ${commit}
    author { id webUrl avatarUrl username }
    milestones { nodes { id title description webPath stats { totalIssuesCount closedIssuesCount } } }
  } ${PAGE_INFO} } } }`

const CREATE = `mutation create($input: ReleaseCreateInput!) { releaseCreate(input: $input) {
  errors release { id tagName assets { links { nodes { id name url linkType } } } } } }`

const link = (name, linkType) => ({ name, url: `https://downloads.example.com/new/${name}`, linkType })
const input = {
  projectPath: 'bench/big',
  // Each request creates another release: see `creation`.
  tagName: unusedTag(0),
  name: 'A new release',
  description: '## What changed\n\n- It works.\n',
  assets: { links: [link('linux-x64', 'PACKAGE'), link('container', 'IMAGE'), link('handbook', 'RUNBOOK')] },
}

const big = { path: 'bench/big', first: 20, after: null }
const secret = { ...big, path: 'bench/secret' }
const wide = { path: 'bench/wide', first: 20 }
const frontEndPage = { path: 'bench/big', first: 10, sort: 'RELEASED_AT_DESC' }

const project = (path) => `/api/v4/projects/${encodeURIComponent(path)}`
const restList = ({ path, first }) => `${project(path)}/releases?per_page=${first}&include_html_description=true`
const restOne = ({ path, tag }) => `${project(path)}/releases/${tag}?include_html_description=true`

const ofProjects = (paths) => paths.map((path) => ({ path }))
/** Creates a release of the first unused tag in each project, then of the second in each project, and so on. */
const creationsInProjects = Array.from({ length: UNUSED_EACH * publicProjects.length }, (_, at) => ({
  projectPath: publicProjects[at % publicProjects.length],
  tagName: unusedTag(1 + Math.floor(at / publicProjects.length)),
}))

const Mmix = {
  name: 'Mmix',
  title: 'create a release with 3 links, each in another project than the last',
  viewer: 'developer',
  query: CREATE,
  variables: { input },
  creations: () => creationsInProjects,
}

/** `mix`: the variables that each request replaces, so that requests in flight differ. */
const mixed = [
  {
    name: 'Q1mix',
    title: 'a page of 20 releases, each of another public project',
    viewer: 'anonymous',
    query: page(),
    variables: big,
    mix: ofProjects(publicProjects),
  },
  {
    name: 'Q1mixdev',
    title: 'the same, of all projects',
    viewer: 'developer',
    query: page(),
    variables: big,
    mix: ofProjects(allProjects),
  },
  {
    name: 'Q2mix',
    title: 'one release, each by another tag',
    viewer: 'anonymous',
    query: ONE,
    variables: { path: 'bench/big' },
    mix: MIXED_TAGS.map((n) => ({ tag: versionTag(n) })),
  },
  {
    name: 'Q5mix',
    title: "the front end's list, each of another public project, with commits from git in Waybill",
    viewer: 'anonymous',
    query: frontEnd('commit { id sha webUrl title }'),
    peer: frontEnd(),
    variables: frontEndPage,
    mix: ofProjects(publicProjects),
  },
  Mmix,
  {
    name: 'RESTmix',
    title: 'the REST list of 20 releases, each of another public project (the limit: most of it by GraphQL)',
    viewer: 'anonymous',
    query: frontEnd(),
    rest: restList,
    variables: { ...frontEndPage, first: 20 },
    mix: ofProjects(publicProjects),
  },
  {
    name: 'Q1mixwrite',
    title: 'Q1mix in which one request of ten is one of Mmix',
    viewer: 'anonymous',
    query: page(),
    variables: big,
    mix: ofProjects(publicProjects),
    tenth: Mmix,
  },
]

/** Only subjects that know viewers answer a query that needs redaction. The others would show too much. */
export const queries = [
  ...mixed,
  { name: 'Q1', title: 'a page of 20 releases', viewer: 'anonymous', query: page(), variables: big },
  { name: 'Q1count', title: 'a page of 20 with `count`', viewer: 'anonymous', query: page('count'), variables: big },
  { name: 'Q1dev', title: 'a page of 20 of a private project', viewer: 'developer', query: page(), variables: secret },
  { name: 'Q1guest', title: 'the same, redacted', viewer: 'guest', redacted: true, query: page(), variables: secret },
  {
    name: 'Q2',
    title: 'one release by its tag',
    viewer: 'anonymous',
    query: ONE,
    variables: { path: 'bench/big', tag: 'v7.77.7' },
  },
  { name: 'Q3', title: 'a page of 100', viewer: 'anonymous', query: page(), variables: { ...big, first: 100 } },
  {
    name: 'Q4',
    title: 'a page of 20, 10,000 rows deep',
    viewer: 'anonymous',
    deep: 10_000,
    query: page(),
    variables: big,
  },
  {
    name: 'Q5',
    title: "the front end's list, with commits from git in Waybill",
    viewer: 'anonymous',
    query: frontEnd('commit { id sha webUrl title }'),
    peer: frontEnd(),
    variables: frontEndPage,
  },
  {
    name: 'Q6dev',
    title: 'the releases of a group of 100 projects',
    viewer: 'developer',
    query: GROUP_PAGE,
    variables: wide,
  },
  { name: 'Q6guest', title: 'the same, redacted', viewer: 'guest', redacted: true, query: GROUP_PAGE, variables: wide },
  {
    name: 'M1',
    title: 'create a release with 3 links',
    viewer: 'developer',
    query: CREATE,
    variables: { input },
    creations: ({ unused }) => Array.from({ length: unused }, (_, at) => ({ tagName: unusedTag(at + 1) })),
  },
  {
    name: 'RESTlist',
    title: 'the REST list of 20 releases (the limit: most of it by GraphQL)',
    viewer: 'anonymous',
    query: frontEnd(),
    rest: restList,
    variables: { ...frontEndPage, first: 20 },
  },
  {
    name: 'RESTone',
    title: 'one release by REST (the limit: Q2)',
    viewer: 'anonymous',
    query: ONE,
    rest: restOne,
    variables: { path: 'bench/big', tag: 'v7.77.7' },
  },
]

export const named = (name) => queries.find((query) => query.name === name)

/** Reads page by page up to a deep page. */
export const walk = {
  walk: true,
  viewer: 'anonymous',
  variables: { ...big, first: 100 },
  query: `query page($path: ID!, $first: Int!, $after: String) {
    project(fullPath: $path) { releases(first: $first, after: $after) { ${PAGE_INFO} } } }`,
}

/** The query itself, or each of its variants. */
export const variantsOf = (query) =>
  query.mix?.map((some) => ({ ...query, variables: { ...query.variables, ...some } })) ?? [query]

/** Each request creates another release, for a tag that has none. */
export const creationsOf = (query, world) =>
  query.creations(world).map((some) => ({ ...query, variables: { input: { ...input, ...some } } }))

/** Whether the subject can answer the query. */
export const answersTo = (subject, query) =>
  (subject.viewers || !query.redacted) && (!query.rest || subject.rest || subject.name === 'limit')

export const byRest = (query, subject) => Boolean(query.rest && subject.rest)

/** A request for `fetch`. The limit does not parse queries, so it finds the query by the operation's name. */
export function requestOf(query, subject, tokens) {
  const token = tokens[query.viewer]
  const credentials = token ? { 'private-token': token } : {}
  if (byRest(query, subject)) return { method: 'GET', path: query.rest(query.variables), headers: credentials }
  const own = subject.translate?.(query)
  const text = own?.query ?? (subject.commits ? query.query : (query.peer ?? query.query))
  const operationName = /(?:query|mutation) (\w+)/.exec(text)?.[1]
  const headers = { 'content-type': 'application/json', ...credentials }
  const variables = own?.variables ?? query.variables
  return { method: 'POST', path: '/graphql', headers, body: JSON.stringify({ operationName, query: text, variables }) }
}
