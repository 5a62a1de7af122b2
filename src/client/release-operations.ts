import { z } from 'zod'
import { PAGE_INFO, pageOf } from './all-rows.ts'
import { project } from './ask-project.ts'
import type { Operation } from './graphql.ts'
import { mutation } from './send-mutation.ts'

const LINK_FIELDS = 'id name url directAssetUrl directAssetPath linkType'
const LINK_PAGE = `nodes { ${LINK_FIELDS} } ${PAGE_INFO}`

const RELEASE_FIELDS = `
  id name tagName description releasedAt createdAt upcomingRelease historicalRelease
  author { username name }
  commit { sha title }
  milestones { nodes { title } }
  assets { count links { ${LINK_PAGE} } sources { nodes { format url } } }
  evidences { nodes { id sha filepath collectedAt } }
  links { selfUrl }`

const nodes = <Node extends z.ZodType>(node: Node) => z.object({ nodes: z.array(node) })

const Link = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  directAssetUrl: z.string(),
  directAssetPath: z.string().nullable(),
  linkType: z.string(),
})
const LinkPage = pageOf(Link)

const Release = z.object({
  id: z.string(),
  name: z.string(),
  tagName: z.string().nullable(),
  description: z.string().nullable(),
  releasedAt: z.string(),
  createdAt: z.string(),
  upcomingRelease: z.boolean(),
  historicalRelease: z.boolean(),
  author: z.object({ username: z.string(), name: z.string() }).nullable(),
  commit: z.object({ sha: z.string(), title: z.string().nullable() }).nullable(),
  milestones: nodes(z.object({ title: z.string() })),
  assets: z.object({
    count: z.number(),
    links: LinkPage,
    sources: nodes(z.object({ format: z.string(), url: z.string() })),
  }),
  evidences: nodes(
    z.object({ id: z.string(), sha: z.string(), filepath: z.string(), collectedAt: z.string().nullable() }),
  ),
  links: z.object({ selfUrl: z.string().nullable() }),
})

export type LinkAnswer = z.output<typeof Link>
export type ReleaseAnswer = z.output<typeof Release>

const operation = <Data extends z.ZodType>(document: string, data: Data): Operation<Data> => ({ document, data })

export const releaseByTag = operation(
  `query release($project: ID!, $tag: String!) { project(fullPath: $project) { release(tagName: $tag) { ${RELEASE_FIELDS} } } }`,
  project({ release: Release.nullable() }),
)

/** The latest published release. An upcoming release is left out, because nobody can have it yet. */
export const latestRelease = operation(
  `query latest($project: ID!) { project(fullPath: $project) { release: latestRelease(includeUpcoming: false) { ${RELEASE_FIELDS} } } }`,
  project({ release: Release.nullable() }),
)

export const releasesPage = operation(
  `query releases($project: ID!, $first: Int!, $after: String) {
    project(fullPath: $project) {
      releases(first: $first, after: $after) { count nodes { ${RELEASE_FIELDS} } ${PAGE_INFO} }
    }
  }`,
  project({ releases: pageOf(Release).extend({ count: z.number() }) }),
)

export const moreLinks = operation(
  `query links($id: ReleaseID!, $after: String) { release(id: $id) { assets { links(after: $after) { ${LINK_PAGE} } } } }`,
  z.object({ release: z.object({ assets: z.object({ links: LinkPage }) }).nullable() }),
)

const Snapshot = z.object({
  release: z.object({ report_artifacts: z.array(z.object({ url: z.string(), sha256: z.string() })).default([]) }),
})

/** The digests of files in the evidence of a release. */
export const evidenceSummaries = operation(
  'query summaries($id: ReleaseID!) { release(id: $id) { evidences { nodes { summary } } } }',
  z.object({
    release: z
      .object({ evidences: nodes(z.object({ summary: Snapshot.catch({ release: { report_artifacts: [] } }) })) })
      .nullable(),
  }),
)

const RELEASE = `release { ${RELEASE_FIELDS} }`
const LINK = `link { ${LINK_FIELDS} }`

export const releaseCreate = mutation('releaseCreate', RELEASE, Release)
export const releaseUpdate = mutation('releaseUpdate', RELEASE, Release)
export const releaseDelete = mutation('releaseDelete', RELEASE, Release)
export const releasePublish = mutation('releasePublish', RELEASE, Release)
export const linkCreate = mutation('releaseAssetLinkCreate', LINK, Link)
export const linkDelete = mutation('releaseAssetLinkDelete', LINK, Link)
