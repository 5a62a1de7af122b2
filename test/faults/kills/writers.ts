// Clients that write until they are stopped, repeat unanswered writes with the same key, and remember which writes were
// acknowledged.
import { execFile } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { newDataDir } from '../../process/serve-world.ts'

const run = promisify(execFile)

/** Each is read again by its path. */
export const fileKinds = ['packages', 'uploads', 'artifacts', 'objects'] as const
export const kinds = ['releases', 'links', 'milestones', 'evidence', 'pushes', ...fileKinds] as const
export type Kind = (typeof kinds)[number]

/** Where clients write. */
export type Target = {
  /** The address of a server. Of several servers it may be another one each time. */
  url: () => string
  token: string
  path: string
  projectId: number
  /** The folder of the repository. */
  repository: string
  databaseUrl: () => Promise<string>
}

/** The proof of each acknowledged write: a tag, a name, a title, an ID, a ref and a commit; of files the path and the digest. */
type Acknowledged = Record<Kind, string[]>

/** `proof`: the write was acknowledged. `again`: nobody knows. `refused`: the server says why it is the client's fault. */
type Answer = { proof: string } | { again: string } | { refused: string }

type Write = () => Promise<Answer>
type Writing = { target: Target; clone: string }

/** The credential for REST, GraphQL and Git LFS. */
export const credentialOf = ({ token }: Target, at: string): Record<string, string> =>
  at.includes('.git/')
    ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` }
    : { 'private-token': token }

type Body = Record<string, unknown> | Buffer | FormData

async function send(target: Target, method: string, at: string, key: string, body: Body) {
  const isFile = Buffer.isBuffer(body)
  const isForm = body instanceof FormData
  const type = isForm ? {} : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }
  const headers = { ...credentialOf(target, at), ...type, 'idempotency-key': key }
  const sent = isForm ? body : isFile ? new Uint8Array(body) : JSON.stringify(body)
  const response = await fetch(target.url() + at, { method, headers, body: sent, signal: AbortSignal.timeout(30_000) })
  return { status: response.status, text: await response.text() }
}

function told({ status, text }: { status: number; text: string }, proof: (text: string) => string | null): Answer {
  // The first request is still running, or its process was killed.
  if (status >= 500 || (status === 409 && /Idempotency-Key/i.test(text))) return { again: `${status} ${text}` }
  const proved = status < 300 ? proof(text) : null
  return proved === null ? { refused: `${status} ${text}` } : { proof: proved }
}

const rest = ({ projectId }: Target, at: string) => `/api/v4/projects/${projectId}/${at}`
const BASE = 'v1.0.0'
const digestOf = (body: Buffer) => createHash('sha256').update(body).digest('hex')

const graphql = (target: Target, key: string, query: string, proof: (data: Record<string, unknown>) => string | null) =>
  send(target, 'POST', '/graphql', key, { query }).then((answer) =>
    // An error of the server is an error of the whole answer, which has no data.
    /"errors":\[\{.*"(?:INTERNAL_SERVER_ERROR|UNAVAILABLE)"/.test(answer.text) ||
    /"Internal server error"/.test(answer.text)
      ? { again: answer.text }
      : told(answer, (text) => proof(JSON.parse(text).data ?? {})),
  )

const makers: Record<Kind, (writing: Writing, n: number) => Write> = {
  releases: ({ target }, n) => {
    const [key, tag] = [randomUUID(), `v7.0.${n}`]
    const links = ['a', 'b'].map((name) => `{ name: "${name}", url: "https://example.com/${name}" }`)
    const input = `projectPath: "${target.path}", tagName: "${tag}", ref: "main", assets: { links: [${links}] }`
    const query = `mutation { releaseCreate(input: { ${input} }) { errors release { tagName } } }`
    const done = ({ releaseCreate }: Record<string, unknown>) =>
      (releaseCreate as { release?: unknown } | null)?.release ? tag : null
    return () => graphql(target, key, query, done)
  },
  links: ({ target }, n) => {
    const [key, name] = [randomUUID(), `link-${n}`]
    const at = rest(target, `releases/${BASE}/assets/links`)
    const body = { name, url: `https://example.com/${name}` }
    return async () => told(await send(target, 'POST', at, key, body), () => name)
  },
  milestones: ({ target }, n) => {
    const [key, title] = [randomUUID(), `milestone-${n}`]
    return async () => told(await send(target, 'POST', rest(target, 'milestones'), key, { title }), () => title)
  },
  evidence: ({ target }) => {
    const key = randomUUID()
    const input = `projectPath: "${target.path}", tagName: "${BASE}"`
    const query = `mutation { evidenceCollect(input: { ${input} }) { errors evidence { sha } } }`
    const shaOf = ({ evidenceCollect }: Record<string, unknown>) =>
      (evidenceCollect as { evidence?: { sha: string } } | null)?.evidence?.sha ?? null
    return () => graphql(target, key, query, shaOf)
  },
  packages: ({ target }, n) => {
    const [key, body] = [randomUUID(), randomBytes(50_000)]
    const at = rest(target, `packages/generic/kills/1.0.0/file-${n}`)
    return async () => told(await send(target, 'PUT', at, key, body), () => `${at} ${digestOf(body)}`)
  },
  uploads: ({ target }, n) => {
    const [key, body] = [randomUUID(), randomBytes(5_000)]
    const sent = () => {
      const form = new FormData()
      form.append('file', new Blob([new Uint8Array(body)]), `${n}.bin`)
      return form
    }
    const done = (text: string) => `${JSON.parse(text).full_path} ${digestOf(body)}`
    return async () => told(await send(target, 'POST', rest(target, 'uploads'), key, sent()), done)
  },
  artifacts: ({ target }, n) => {
    const [key, body] = [randomUUID(), randomBytes(5_000)]
    const at = rest(target, `report_artifacts/${'a'.repeat(40)}/${n}.xml`)
    return async () => told(await send(target, 'PUT', at, key, body), () => `${at} ${digestOf(body)}`)
  },
  objects: ({ target }) => {
    const [key, body] = [randomUUID(), randomBytes(20_000)]
    const at = `/${target.path}.git/gitlab-lfs/objects/${digestOf(body)}`
    return async () =>
      told(await send(target, 'PUT', `${at}/${body.length}`, key, body), () => `${at} ${digestOf(body)}`)
  },
  pushes: ({ target, clone }, n) => {
    const branch = `kills-${n}`
    const git = (...args: string[]) => run('git', ['-C', clone, ...args], { timeout: 30_000 })
    let made: string | undefined
    const commit = async () => {
      const tree = (await git('rev-parse', 'HEAD^{tree}')).stdout.trim()
      return (await git('commit-tree', tree, '-p', 'HEAD', '-m', branch)).stdout.trim()
    }
    return async () => {
      made ??= await commit()
      await git('push', '--quiet', remoteOf(target), `${made}:refs/heads/${branch}`)
      return { proof: `${branch} ${made}` }
    }
  },
}

const PAUSE_MS = 30
const REPEAT_MS = 300

function remoteOf({ url, path, token }: Target): string {
  return Object.assign(new URL(`${url()}/${path}.git`), { username: 'token', password: token }).href
}

async function cloneOf(target: Target): Promise<string> {
  const clone = path.join(await newDataDir(), 'clone')
  await run('git', ['clone', '--quiet', remoteOf(target), clone])
  for (const [name, value] of [
    ['user.name', 'Kills'],
    ['user.email', 'kills@example.com'],
  ] as const) {
    await run('git', ['-C', clone, 'config', name, value])
  }
  return clone
}

/** Starts one client for each kind of write. */
export async function startWriters(target: Target, { pauseMs = PAUSE_MS }: { pauseMs?: number } = {}) {
  const writing: Writing = { target, clone: await cloneOf(target) }
  const acknowledged = Object.fromEntries(kinds.map((kind) => [kind, [] as string[]])) as Acknowledged
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
      await setTimeout(pauseMs)
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
