// Clients that write until they are stopped, repeat unanswered writes with the same key, and remember which writes were
// acknowledged.
import { execFile } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { newDataDir } from '../../process/serve-world.ts'
import type { Stand } from './stand.ts'

const run = promisify(execFile)

export const kinds = ['releases', 'links', 'milestones', 'evidence', 'packages', 'pushes'] as const
export type Kind = (typeof kinds)[number]

/** The proof of each acknowledged write: a tag, a name, a title, an ID, a name and a digest, a ref and a commit. */
type Acknowledged = Record<Kind, string[]>

/** `proof`: the write was acknowledged. `again`: nobody knows. `refused`: the server says why it is the client's fault. */
type Answer = { proof: string } | { again: string } | { refused: string }

type Write = () => Promise<Answer>
type Writing = { stand: Stand; clone: string; projectId: number }

async function send(stand: Stand, method: string, at: string, key: string, body: Record<string, unknown> | Buffer) {
  const isJson = !Buffer.isBuffer(body)
  const type = isJson ? 'application/json' : 'application/octet-stream'
  const headers = { 'private-token': stand.demo.tokens.owner, 'content-type': type, 'idempotency-key': key }
  const sent = isJson ? JSON.stringify(body) : new Uint8Array(body)
  const response = await fetch(stand.url + at, { method, headers, body: sent, signal: AbortSignal.timeout(30_000) })
  return { status: response.status, text: await response.text() }
}

function told({ status, text }: { status: number; text: string }, proof: (text: string) => string | null): Answer {
  // The first request is still running, or its process was killed.
  if (status >= 500 || (status === 409 && /Idempotency-Key/i.test(text))) return { again: `${status} ${text}` }
  const proved = status < 300 ? proof(text) : null
  return proved === null ? { refused: `${status} ${text}` } : { proof: proved }
}

const rest = (projectId: number, at: string) => `/api/v4/projects/${projectId}/${at}`
const BASE = 'v1.0.0'

const graphql = (stand: Stand, key: string, query: string, proof: (data: Record<string, unknown>) => string | null) =>
  send(stand, 'POST', '/graphql', key, { query }).then((answer) =>
    // An error of the server is an error of the whole answer, which has no data.
    /"errors":\[\{.*"(?:INTERNAL_SERVER_ERROR|UNAVAILABLE)"/.test(answer.text) ||
    /"Internal server error"/.test(answer.text)
      ? { again: answer.text }
      : told(answer, (text) => proof(JSON.parse(text).data ?? {})),
  )

const makers: Record<Kind, (writing: Writing, n: number) => Write> = {
  releases: ({ stand }, n) => {
    const [key, tag] = [randomUUID(), `v7.0.${n}`]
    const links = ['a', 'b'].map((name) => `{ name: "${name}", url: "https://example.com/${name}" }`)
    const input = `projectPath: "demo/secret", tagName: "${tag}", ref: "main", assets: { links: [${links}] }`
    const query = `mutation { releaseCreate(input: { ${input} }) { errors release { tagName } } }`
    const done = ({ releaseCreate }: Record<string, unknown>) =>
      (releaseCreate as { release?: unknown } | null)?.release ? tag : null
    return () => graphql(stand, key, query, done)
  },
  links: ({ stand, projectId }, n) => {
    const [key, name] = [randomUUID(), `link-${n}`]
    const at = rest(projectId, `releases/${BASE}/assets/links`)
    const body = { name, url: `https://example.com/${name}` }
    return async () => told(await send(stand, 'POST', at, key, body), () => name)
  },
  milestones: ({ stand, projectId }, n) => {
    const [key, title] = [randomUUID(), `milestone-${n}`]
    return async () => told(await send(stand, 'POST', rest(projectId, 'milestones'), key, { title }), () => title)
  },
  evidence: ({ stand }) => {
    const key = randomUUID()
    const input = `projectPath: "demo/secret", tagName: "${BASE}"`
    const query = `mutation { evidenceCollect(input: { ${input} }) { errors evidence { sha } } }`
    const shaOf = ({ evidenceCollect }: Record<string, unknown>) =>
      (evidenceCollect as { evidence?: { sha: string } } | null)?.evidence?.sha ?? null
    return () => graphql(stand, key, query, shaOf)
  },
  packages: ({ stand, projectId }, n) => {
    const [key, body] = [randomUUID(), randomBytes(50_000)]
    const file = `file-${n}`
    const digest = createHash('sha256').update(body).digest('hex')
    const at = rest(projectId, `packages/generic/kills/1.0.0/${file}`)
    return async () => told(await send(stand, 'PUT', at, key, body), () => `${file} ${digest}`)
  },
  pushes: ({ stand, clone }, n) => {
    const branch = `kills-${n}`
    const at = new URL(`${stand.url}/demo/secret.git`)
    Object.assign(at, { username: 'token', password: stand.demo.tokens.owner })
    const git = (...args: string[]) => run('git', ['-C', clone, ...args], { timeout: 30_000 })
    let made: string | undefined
    const commit = async () => {
      const tree = (await git('rev-parse', 'HEAD^{tree}')).stdout.trim()
      return (await git('commit-tree', tree, '-p', 'HEAD', '-m', branch)).stdout.trim()
    }
    return async () => {
      made ??= await commit()
      await git('push', '--quiet', at.href, `${made}:refs/heads/${branch}`)
      return { proof: `${branch} ${made}` }
    }
  },
}

const PAUSE_MS = 30
const REPEAT_MS = 300

async function cloneOf(stand: Stand): Promise<string> {
  const clone = path.join(await newDataDir(), 'clone')
  const at = new URL(`${stand.url}/demo/secret.git`)
  Object.assign(at, { username: 'token', password: stand.demo.tokens.owner })
  await run('git', ['clone', '--quiet', at.href, clone])
  for (const [name, value] of [
    ['user.name', 'Kills'],
    ['user.email', 'kills@example.com'],
  ] as const) {
    await run('git', ['-C', clone, 'config', name, value])
  }
  return clone
}

/** Starts one client for each kind of write. */
export async function startWriters(stand: Stand, projectId: number) {
  const writing: Writing = { stand, projectId, clone: await cloneOf(stand) }
  const acknowledged: Acknowledged = { releases: [], links: [], milestones: [], evidence: [], packages: [], pushes: [] }
  const refused: string[] = []
  let [ended, repeated] = [false, 0]
  const settle = async (write: Write): Promise<Answer> => {
    for (;;) {
      const answer = await write().catch((error: Error): Answer => ({ again: error.message }))
      if (!('again' in answer) || ended) return answer
      repeated += 1
      await setTimeout(REPEAT_MS)
    }
  }
  const client = async (kind: Kind) => {
    for (let n = 0; !ended; n++) {
      const answer = await settle(makers[kind](writing, n))
      if ('proof' in answer) acknowledged[kind].push(answer.proof)
      else if ('refused' in answer) refused.push(`${kind}: ${answer.refused.slice(0, 200)}`)
      await setTimeout(PAUSE_MS)
    }
  }
  const clients = Promise.all(kinds.map(client))
  return {
    acknowledged,
    refused,
    repeated: () => repeated,
    async end(): Promise<void> {
      ended = true
      await clients
    },
  }
}
