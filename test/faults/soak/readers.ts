// Clients that read until they are stopped. A server that is being killed breaks connections off, and nothing else may fail.
import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Stream, subscribe } from '../../support/subscribe.ts'
import type { Fleet, Node } from './fleet.ts'

const PAUSE_MS = 100

const RELEASES = `query ($path: ID!) { project(fullPath: $path) { releases(first: 20) {
  count nodes { name tagName descriptionHtml assets { links { nodes { name url } } } evidences { nodes { sha } } milestones { nodes { title } } } } } }`

export type Reading = {
  failures: string[]
  counts: Record<'read' | 'archives' | 'brokenOff' | 'heard', number>
  /** The tags of the releases that were heard of at the steady server. */
  heard: Set<string>
  end: () => Promise<void>
}

/** The tags of acknowledged releases, of which archives are fetched. */
export function startReaders(fleet: Fleet, tags: readonly string[]): Reading {
  const { target } = fleet
  const failures: string[] = []
  const counts = { read: 0, archives: 0, brokenOff: 0, heard: 0 }
  const heard = new Set<string>()
  const digests = new Map<string, string>()
  let ended = false
  const streams = new Set<Stream<unknown>>()

  const ask = async (at: string, init: RequestInit = {}): Promise<Buffer | null> => {
    const headers = { 'private-token': target.token, 'content-type': 'application/json' }
    const answer = await fetch(target.url() + at, { ...init, headers, signal: AbortSignal.timeout(60_000) })
    const body = Buffer.from(await answer.arrayBuffer())
    if (answer.ok) return body
    failures.push(`${answer.status} ${at} ${body.subarray(0, 200)}`)
    return null
  }
  const readArchive = async (tag: string) => {
    const body = await ask(`/${target.path}/-/archive/${tag}/x.zip`)
    if (!body) return
    counts.archives += 1
    const digest = createHash('sha256').update(body).digest('hex')
    if ((digests.get(tag) ?? digest) !== digest) failures.push(`two archives of ${tag} differ`)
    digests.set(tag, digest)
  }
  const rest = `/api/v4/projects/${target.projectId}`
  const graphql = () => {
    const body = JSON.stringify({ query: RELEASES, variables: { path: target.path } })
    return ask('/graphql', { method: 'POST', body }).then((answer) => {
      if (answer?.includes('"errors"')) failures.push(`${answer.subarray(0, 300)}`)
    })
  }
  const kinds: (() => Promise<unknown>)[] = [
    graphql,
    () => ask(`${rest}/releases?per_page=20`),
    () => ask(`${rest}/repository/branches?per_page=20`),
    () => ask(`${rest}/repository/commits?per_page=20`),
    () => ask(`/${target.path}/-/releases`),
    () => readArchive(tags[Math.floor(Math.random() * tags.length)] ?? 'v1.0.0'),
  ]
  const client = async (first: number) => {
    for (let n = first; !ended; n++) {
      await kinds[n % kinds.length]?.().then(
        () => (counts.read += 1),
        () => (counts.brokenOff += 1),
      )
      await setTimeout(PAUSE_MS)
    }
  }
  const listen = async (node: Node) => {
    const query = `subscription { releasePublished(projectPath: "${target.path}") { tagName } }`
    while (!ended) {
      try {
        const stream = await subscribe<{ releasePublished: { tagName: string } }>(node, query, { token: target.token })
        streams.add(stream)
        for (let event = await stream.next(); event; event = await stream.next()) {
          counts.heard += 1
          if (node === fleet.steady && event.data) heard.add(event.data.releasePublished.tagName)
        }
      } catch {
        if (node === fleet.steady && !ended) failures.push('a subscription at the steady server broke off')
        await setTimeout(PAUSE_MS)
      }
    }
  }
  const clients = Promise.all([client(0), client(3), listen(fleet.steady), listen(fleet.victim)])
  const end = async () => {
    ended = true
    for (const stream of streams) stream.close()
    await clients
  }
  return { failures, counts, heard, end }
}
