import { invalid } from '../foundation/errors.ts'
import { NO_ROWS, type RowsUpTo, readAllRows, readUpTo } from './all-rows.ts'
import { askProject } from './ask-project.ts'
import { ask } from './graphql.ts'
import {
  evidenceSummaries,
  type LinkAnswer,
  latestRelease,
  linkCreate,
  linkDelete,
  moreLinks,
  type ReleaseAnswer,
  releaseByTag,
  releaseCreate,
  releaseDelete,
  releasePublish,
  releasesPage,
  releaseUpdate,
} from './release-operations.ts'
import { mutate } from './send-mutation.ts'
import { printable, type Server, type Target } from './server-connection.ts'
import { withNeededRole } from './tag-role.ts'

export type Link = LinkAnswer
export type Release = Awaited<ReturnType<typeof shown>>

const allLinks = (server: Server, { id, assets }: ReleaseAnswer): Promise<Link[]> =>
  readAllRows(async (after) => {
    if (after === null) return assets.links
    return (await ask(server, moreLinks, { id, after })).release?.assets.links ?? NO_ROWS
  })

/** Flattens a release for people and scripts, with every link. */
async function shown(server: Server, answer: ReleaseAnswer) {
  const { assets, milestones, evidences, links, ...release } = answer
  return {
    ...release,
    milestones: milestones.nodes.map(({ title }) => title),
    assetsCount: assets.count,
    links: await allLinks(server, answer),
    sources: assets.sources.nodes,
    evidences: evidences.nodes,
    selfUrl: links.selfUrl,
  }
}

/** The release of the tag, or the latest published release without a tag. */
export async function getRelease(target: Target, tag: string | null): Promise<Release> {
  const { server, project } = target
  const { release } = await (tag === null
    ? askProject(target, latestRelease)
    : askProject(target, releaseByTag, { tag }))
  if (release) return shown(server, release)
  const what = tag === null ? 'no release' : `no release of the tag '${tag}'`
  throw invalid(`The project '${project}' shows ${what}: \`waybill release list\` prints what it shows`)
}

const releasesAfter = async (target: Target, page: { first: number; after: string | null }) =>
  (await askProject(target, releasesPage, page)).releases

/** At most `limit` releases, newest first. */
export async function listReleases(target: Target, limit: number): Promise<RowsUpTo<Release>> {
  const { rows, count } = await readUpTo(limit, (page) => releasesAfter(target, page))
  const releases: Release[] = []
  for (const row of rows) releases.push(await shown(target.server, row))
  return { rows: releases, count }
}

export type NewLink = {
  name: string
  url: string
  directAssetPath?: string | undefined
  linkType?: string | undefined
}

/** Sends a mutation of the release or of the draft of a tag. Undefined values are not sent and so stay unchanged. */
export const sendOfTag = <Value>(
  target: Target,
  operation: Parameters<typeof mutate<Value>>[1],
  tagName: string,
  values: object = {},
): Promise<Value> =>
  mutate(target.server, operation, { projectPath: target.project, tagName, ...values }).catch(async (error) => {
    throw await withNeededRole(error, target, tagName)
  })

const write = async (target: Target, operation: typeof releaseCreate, tagName: string, values?: object) =>
  shown(target.server, await sendOfTag(target, operation, tagName, values))

export const createRelease = (target: Target, tagName: string, values: object) =>
  write(target, releaseCreate, tagName, values)
export const updateRelease = (target: Target, tagName: string, changes: object) =>
  write(target, releaseUpdate, tagName, changes)
export const publishRelease = (target: Target, tagName: string) => write(target, releasePublish, tagName)
export const deleteRelease = (target: Target, tagName: string) => write(target, releaseDelete, tagName)

export const addLink = ({ server, project: projectPath }: Target, tagName: string, link: NewLink): Promise<Link> =>
  mutate(server, linkCreate, { projectPath, tagName, ...link })

/** Removes a link by its name, which is unique in a release. */
export async function removeLink(target: Target, tagName: string, name: string): Promise<Link> {
  const { links } = await getRelease(target, tagName)
  const link = links.find((candidate) => candidate.name === name)
  if (!link) {
    const names = links.map((candidate) => `'${printable(candidate.name)}'`).join(', ') || 'none'
    throw invalid(`The release of the tag '${tagName}' has no link '${name}'. It has: ${names}`)
  }
  await mutate(target.server, linkDelete, { id: link.id })
  return link
}

/** The SHA-256 of the files in the release's evidence, by URL. */
export async function evidenceDigests({ server }: Target, { id }: Release): Promise<Map<string, string>> {
  const { release } = await ask(server, evidenceSummaries, { id })
  const artifacts = release?.evidences.nodes.flatMap(({ summary }) => summary.release.report_artifacts) ?? []
  return new Map(artifacts.map(({ url, sha256 }) => [url, sha256]))
}
