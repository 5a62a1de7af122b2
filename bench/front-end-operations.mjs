// All operations of GitLab's own front end: the pages of releases, the forms that change releases, and a group's analytics.
import { unusedTag, versionTag } from './repository.mjs'

const RELEASE = `fragment Release on Release {
  id name tagName tagPath descriptionHtml releasedAt createdAt upcomingRelease historicalRelease
  assets { count sources { nodes { format url } } links { nodes { id name url directAssetUrl linkType external } } }
  evidences { nodes { id filepath collectedAt sha } }
  links { editUrl selfUrl openedIssuesUrl closedIssuesUrl openedMergeRequestsUrl mergedMergeRequestsUrl closedMergeRequestsUrl }
  commit { id sha webUrl title }
  author { id webUrl avatarUrl username }
  milestones { nodes { id title description webPath stats { totalIssuesCount closedIssuesCount } } }
}`

const ALL = `${RELEASE}
query allReleases($fullPath: ID!, $first: Int, $last: Int, $before: String, $after: String, $sort: ReleaseSort) {
  project(fullPath: $fullPath) { id releases(first: $first, last: $last, before: $before, after: $after, sort: $sort) {
    nodes { ...Release } pageInfo { startCursor hasPreviousPage hasNextPage endCursor } } } }`

const ONE = `${RELEASE}
query oneRelease($fullPath: ID!, $tagName: String!) {
  project(fullPath: $fullPath) { id release(tagName: $tagName) { ...Release } } }`

const FOR_EDITING = `query oneReleaseForEditing($fullPath: ID!, $tagName: String!) {
  project(fullPath: $fullPath) { id release(tagName: $tagName) {
    id name tagName description releasedAt createdAt tagPath
    assets { links { nodes { id name url linkType directAssetPath } } }
    links { selfUrl }
    milestones { nodes { id title } } } } }`

const GROUP = `query groupReleaseStats($fullPath: ID!) {
  group(fullPath: $fullPath) { id stats { releaseStats { releasesCount releasesPercentage } } } }`

const mutation = (name, field, type, selection = '') =>
  `mutation ${name}($input: ${type}!) { ${field}(input: $input) { ${selection} errors } }`
const CREATE = mutation('createRelease', 'releaseCreate', 'ReleaseCreateInput', 'release { id links { selfUrl } }')
const UPDATE = mutation('updateRelease', 'releaseUpdate', 'ReleaseUpdateInput')
const DELETE = mutation('deleteRelease', 'releaseDelete', 'ReleaseDeleteInput')
const DELETE_LINK = mutation('deleteReleaseAssetLink', 'releaseAssetLinkDelete', 'ReleaseAssetLinkDeleteInput')
const CREATE_LINK = mutation('createReleaseAssetLink', 'releaseAssetLinkCreate', 'ReleaseAssetLinkCreateInput')

const SORTS = ['RELEASED_AT_DESC', 'RELEASED_AT_ASC', 'CREATED_DESC', 'CREATED_ASC']
const PAGE = 10
const FIRST = { first: PAGE, last: null, before: null, after: null }
const LAST = { ...FIRST, first: null, last: PAGE }

/** The pages next to each end are asked for from the other end, far enough to find plans that count rows to get there. */
async function readLists(send, viewer, fullPath, sort) {
  const page = async (window) => {
    const variables = { fullPath, ...window, sort }
    const { project } = await send({ name: `allReleases ${sort}`, viewer, query: ALL, variables, rows: PAGE })
    return project.releases.pageInfo
  }
  const first = await page(FIRST)
  const last = await page(LAST)
  await page({ ...FIRST, after: last.startCursor })
  await page({ ...LAST, before: first.endCursor })
}

/** Calls `send` for each page that a person can open. `send` returns the data. */
export async function readAll(send, { big, secret }) {
  const visits = [
    { viewer: 'anonymous', fullPath: 'bench/big', tagName: versionTag(big / 2) },
    { viewer: 'developer', fullPath: 'bench/big', tagName: versionTag(big / 2) },
    { viewer: 'developer', fullPath: 'bench/secret', tagName: versionTag(secret / 2) },
    { viewer: 'guest', fullPath: 'bench/secret', tagName: versionTag(secret / 2) },
  ]
  for (const { viewer, ...variables } of visits) {
    for (const sort of SORTS) await readLists(send, viewer, variables.fullPath, sort)
    await send({ name: 'oneRelease', viewer, query: ONE, variables })
    await send({ name: 'oneReleaseForEditing', viewer, query: FOR_EDITING, variables })
    await send({ name: 'groupReleaseStats', viewer, query: GROUP, variables: { fullPath: 'bench' } })
  }
}

const link = (name, linkType) => ({ name, url: `https://downloads.example.com/new/${name}`, linkType })
const release = { projectPath: 'bench/big', tagName: unusedTag(1) }
const notes = { name: 'A new release', description: '## What changed\n\n- It works.\n' }
const created = {
  ...release,
  ...notes,
  releasedAt: null,
  milestones: ['Milestone 1', 'Milestone 2'],
  ref: 'main',
  tagMessage: null,
  assets: { links: [link('linux-x64', 'PACKAGE'), link('container', 'IMAGE'), link('handbook', 'RUNBOOK')] },
}

/** The evidence of a release lists all issues of its milestones, as many rows as a page of so many releases has. */
const ISSUES = 50

/** Creates a release, saves it with the same links and another date as the form does, and deletes it. */
export async function writeAll(send) {
  const viewer = 'developer'
  const write = (name, query, input, others) =>
    send({ name, viewer, query, variables: { input }, writes: true, ...others })
  await write('createRelease', CREATE, created, { rows: ISSUES })
  const variables = { fullPath: release.projectPath, tagName: release.tagName }
  const { project } = await send({ name: 'oneReleaseForEditing', viewer, query: FOR_EDITING, variables })
  const { releasedAt, assets } = project.release
  const changed = { ...release, name: 'Its new name', description: 'Changed.', milestones: ['Milestone 3'] }
  await write('updateRelease', UPDATE, { ...changed, releasedAt })
  await write('updateRelease, dated anew', UPDATE, { ...changed, releasedAt: new Date(Date.now() - 60_000) })
  for (const { id } of assets.links.nodes) await write('deleteReleaseAssetLink', DELETE_LINK, { id })
  for (const { id, ...values } of assets.links.nodes) {
    await write('createReleaseAssetLink', CREATE_LINK, { ...release, ...values })
  }
  await write('deleteRelease', DELETE, release, { viewer: 'maintainer' })
}
