// What is asked, in the words of Waybill's schema. `peer` is the same without what only Waybill knows: commits from git.
import { unusedTag } from './repository.mjs'

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

/** docs/contract/front-end.md#list: what the releases page of the front end asks. */
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
  // Each request creates another one: see `creation`.
  tagName: unusedTag(0),
  name: 'A new release',
  description: '## What changed\n\n- It works.\n',
  assets: { links: [link('linux-x64', 'PACKAGE'), link('container', 'IMAGE'), link('handbook', 'RUNBOOK')] },
}

const big = { path: 'bench/big', first: 20, after: null }
const secret = { ...big, path: 'bench/secret' }
const wide = { path: 'bench/wide', first: 20 }

/** A viewer who must be redacted is served by subjects that know viewers; the others would show too much. */
export const queries = [
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
    variables: { path: 'bench/big', first: 10, sort: 'RELEASED_AT_DESC' },
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
    writes: true,
    query: CREATE,
    variables: { input },
  },
]

/** Page by page to a deep one. */
export const walk = {
  walk: true,
  viewer: 'anonymous',
  variables: { ...big, first: 100 },
  query: `query page($path: ID!, $first: Int!, $after: String) {
    project(fullPath: $path) { releases(first: $first, after: $after) { ${PAGE_INFO} } } }`,
}

/** The same, for the creation that has this number. */
export const creation = (query, n) => ({ ...query, variables: { input: { ...input, tagName: unusedTag(n) } } })

/** Whether the subject can give the answer at all. */
export const answersTo = (subject, query) => subject.viewers || !query.redacted

/** One request as `fetch` takes it. The operation's name tells the limit, which does not parse queries, what is asked. */
export function requestOf(query, subject, tokens) {
  const own = subject.translate?.(query)
  const text = own?.query ?? (subject.commits ? query.query : (query.peer ?? query.query))
  const operationName = /(?:query|mutation) (\w+)/.exec(text)?.[1]
  const token = tokens[query.viewer]
  const headers = { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) }
  const variables = own?.variables ?? query.variables
  return { path: '/graphql', headers, body: JSON.stringify({ operationName, query: text, variables }) }
}
