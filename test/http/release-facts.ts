// What each door says about the releases of a project, in one form, and the whole text that it sent.
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import type { ViewerName, World } from '../support/world.ts'
import { web, wholeAnswer } from './pages/web-client.ts'
import { rest } from './rest/client.ts'

type LinkFacts = { name: string; url: string; direct: string; type: string }

export type ReleaseFacts = {
  name: string
  tag: string | null
  notes: string | null
  releasedAt: number
  createdAt: number
  upcoming: boolean
  historical: boolean
  author: string | null
  commit: string | null
  milestones: string[]
  assetsCount: number
  links: LinkFacts[]
  sources: string[]
  evidence: { sha: string; url: string; at: number }[]
  page: string
}

/** The releases are null when the project is not shown. */
export type Told<Facts = ReleaseFacts> = { releases: Facts[] | null; text: string }

// GraphQL has no fractions of a second.
const seconds = (text: string) => Math.floor(Date.parse(text) / 1000)

type RestRelease = {
  name: string
  tag_name?: string
  description: string | null
  description_html?: string
  released_at: string
  created_at: string
  upcoming_release: boolean
  historical_release: boolean
  author?: { username: string }
  commit?: { id: string } | null
  milestones?: { title: string }[]
  assets: {
    count: number
    links: { name: string; url: string; direct_asset_url: string; link_type: string }[]
    sources?: { url: string }[]
  }
  evidences?: { sha: string; filepath: string; collected_at: string }[]
  _links: { self: string }
}

const ofRest = (release: RestRelease): ReleaseFacts => ({
  name: release.name,
  tag: release.tag_name ?? null,
  notes: release.description,
  releasedAt: seconds(release.released_at),
  createdAt: seconds(release.created_at),
  upcoming: release.upcoming_release,
  historical: release.historical_release,
  author: release.author?.username ?? null,
  commit: release.commit?.id ?? null,
  milestones: (release.milestones ?? []).map(({ title }) => title),
  assetsCount: release.assets.count,
  links: release.assets.links.map((link) => ({
    name: link.name,
    url: link.url,
    direct: link.direct_asset_url,
    type: link.link_type,
  })),
  sources: (release.assets.sources ?? []).map(({ url }) => url),
  evidence: (release.evidences ?? []).map(({ sha, filepath, collected_at }) => ({
    sha,
    url: filepath,
    at: seconds(collected_at),
  })),
  page: release._links.self,
})

/** A release as the command line prints it, which is GraphQL without its nesting. */
export type FlatRelease = {
  name: string
  tagName: string | null
  description: string | null
  releasedAt: string
  createdAt: string
  upcomingRelease: boolean
  historicalRelease: boolean
  author: { username: string } | null
  commit: { sha: string } | null
  milestones: string[]
  assetsCount: number
  links: { name: string; url: string; directAssetUrl: string; linkType: string }[]
  sources: { url: string }[]
  evidences: { sha: string; filepath: string; collectedAt: string }[]
  selfUrl: string
}

export const ofFlat = (release: FlatRelease): ReleaseFacts => ({
  name: release.name,
  tag: release.tagName,
  notes: release.description,
  releasedAt: seconds(release.releasedAt),
  createdAt: seconds(release.createdAt),
  upcoming: release.upcomingRelease,
  historical: release.historicalRelease,
  author: release.author?.username ?? null,
  commit: release.commit?.sha ?? null,
  milestones: release.milestones,
  assetsCount: release.assetsCount,
  links: release.links.map(({ name, url, directAssetUrl, linkType }) => ({
    name,
    url,
    direct: directAssetUrl,
    type: linkType.toLowerCase(),
  })),
  sources: release.sources.map(({ url }) => url),
  evidence: release.evidences.map(({ sha, filepath, collectedAt }) => ({
    sha,
    url: filepath,
    at: seconds(collectedAt),
  })),
  page: release.selfUrl,
})

type Nodes<Node> = { nodes: Node[] }
type GraphqlRelease = Omit<FlatRelease, 'milestones' | 'links' | 'sources' | 'evidences'> & {
  descriptionHtml: string
  milestones: Nodes<{ title: string }>
  assets: { count: number; links: Nodes<FlatRelease['links'][number]>; sources: Nodes<{ url: string }> }
  evidences: Nodes<FlatRelease['evidences'][number]>
  links: { selfUrl: string }
}
type GraphqlData = { project: { releases: Nodes<GraphqlRelease> } | null }

const RELEASES = `query ($path: ID!) { project(fullPath: $path) { releases { nodes {
  name tagName tagPath description descriptionHtml releasedAt createdAt upcomingRelease historicalRelease
  author { username } commit { sha } milestones { nodes { title } } evidences { nodes { sha filepath collectedAt } }
  assets { count links { nodes { name url directAssetUrl linkType } } sources { nodes { url } } } links { selfUrl }
} } } }`

const flat = ({ assets, milestones, evidences, links, ...release }: GraphqlRelease): FlatRelease => ({
  ...release,
  milestones: milestones.nodes.map(({ title }) => title),
  assetsCount: assets.count,
  links: assets.links.nodes,
  sources: assets.sources.nodes,
  evidences: evidences.nodes,
  selfUrl: links.selfUrl,
})

/** Also gives the notes as HTML. */
export async function askGraphql(app: TestApp, { project, tokens }: World, viewer: ViewerName) {
  const variables = { path: project.fullPath }
  const { data, errors, headers } = await query<GraphqlData, never>(app, RELEASES, variables, { token: tokens[viewer] })
  const nodes = errors ? null : (data.project?.releases.nodes ?? null)
  return {
    releases: nodes?.map((release) => ofFlat(flat(release))) ?? null,
    html: nodes?.map(({ descriptionHtml }) => descriptionHtml),
    text: JSON.stringify([data, errors, [...headers]]),
  }
}

export async function askRest(app: TestApp, { project, tokens }: World, viewer: ViewerName) {
  const path = `/projects/${project.id}/releases?include_html_description=true`
  const { status, body, text } = await rest(app, 'GET', path, { token: tokens[viewer] })
  const releases = status === 200 ? (body as RestRelease[]) : null
  return {
    releases: releases?.map(ofRest) ?? null,
    html: releases?.map(({ description_html }) => description_html),
    text,
  }
}

export async function askJsonFeed(app: TestApp, world: World, viewer: ViewerName): Promise<Told> {
  const answer = await wholeAnswer(await web(app, world, 'releases.json', { token: world.tokens[viewer] }))
  const releases = answer.status === 200 ? (JSON.parse(answer.text) as RestRelease[]).map(ofRest) : null
  return { releases, text: JSON.stringify(answer) }
}

export type FeedEntry = {
  name: string
  page: string
  html: string
  releasedAt: number
  author: string | null
  links: { name: string; direct: string }[]
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescaped = (xml: string) => xml.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
const inside = (xml: string, pattern: RegExp) =>
  [...xml.matchAll(pattern)].map((found) => found.slice(1).map(unescaped))

function ofEntry(xml: string): FeedEntry {
  const [[name = ''] = []] = inside(xml, /<title>(.*?)<\/title>/gs)
  const [[page = ''] = []] = inside(xml, /<link rel="alternate" type="text\/html" href="(.*?)"/g)
  const [[html = ''] = []] = inside(xml, /<content type="html">(.*?)<\/content>/gs)
  const [[published = ''] = []] = inside(xml, /<published>(.*?)<\/published>/g)
  const [[author = null] = []] = inside(xml, /<author><name>(.*?)<\/name>/gs)
  const links = inside(xml, /<link rel="enclosure" href="(.*?)" title="(.*?)"/gs)
  return {
    ...{ name, page, html, author, releasedAt: seconds(published) },
    links: links.map(([direct = '', name = '']) => ({ name, direct })),
  }
}

export async function askAtomFeed(app: TestApp, world: World, viewer: ViewerName): Promise<Told<FeedEntry>> {
  const answer = await wholeAnswer(await web(app, world, 'releases.atom', { token: world.tokens[viewer] }))
  const entries = answer.text.match(/<entry>.*?<\/entry>/gs) ?? []
  return { releases: answer.status === 200 ? entries.map(ofEntry) : null, text: JSON.stringify(answer) }
}
