// A real server with projects that have what a team would have. Each test makes a project of its own.
import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Demo } from '../../src/demo/demo-file.ts'
import { spawnServer } from '../support/server-process.ts'

export type Waybill = { url: string; tokens: Demo['tokens'] }

/** The server of a test file, with the demo's accounts. */
export function useWaybill(): Waybill {
  const waybill = {} as Waybill
  let stop = async () => {}
  beforeAll(async () => {
    const dataDir = await mkdtemp(path.join(inject('scratch'), 'clients-'))
    // Root runs PostgreSQL as another user, who must be able to enter.
    await chmod(dataDir, 0o755)
    const server = spawnServer({ DATA_DIR: dataDir, PORT: '0' })
    stop = async () => {
      server.kill('SIGTERM')
      await server.ended
    }
    const url = await server.listening()
    const { tokens } = JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo
    Object.assign(waybill, { url, tokens })
  })
  afterAll(() => stop())
  return waybill
}

type Mutated = { data?: Record<string, { errors: string[] } & Record<string, unknown>>; errors?: { message: string }[] }

/** Fails the test when the server refuses the mutation. */
async function mutate({ url }: Waybill, token: string, name: string, input: Record<string, unknown>, answer = '') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { errors ${answer} } }`
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'private-token': token },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { data, errors = [] } = (await response.json()) as Mutated
  const refused = [...errors.map(({ message }) => message), ...(data?.[name]?.errors ?? [])]
  if (refused.length > 0) throw new Error(`${name}: ${refused.join(', ')}`)
  return data?.[name]
}

/** Makes a project with an empty repository, a Developer and a Reporter, and returns its full path. */
export async function createProject(
  waybill: Waybill,
  name: string,
  visibility: 'public' | 'private' = 'private',
): Promise<string> {
  const { owner } = waybill.tokens
  const projectPath = `demo/${name}`
  await mutate(waybill, owner, 'projectCreate', { groupPath: 'demo', path: name, visibility })
  for (const username of ['developer', 'reporter']) {
    const role = username.toUpperCase()
    await mutate(waybill, owner, 'memberSet', { projectPath, username, role })
  }
  return projectPath
}

/** The token that a pipeline of the Developer would have. */
export async function jobToken(waybill: Waybill, projectPath: string): Promise<string> {
  const made = await mutate(waybill, waybill.tokens.developer, 'jobTokenCreate', { projectPath }, 'token')
  return String(made?.token)
}

export const createMilestone = async (waybill: Waybill, projectPath: string, title: string): Promise<void> =>
  void (await mutate(waybill, waybill.tokens.owner, 'milestoneCreate', { projectPath, title }))

/** The answer of REST to the Developer, about the project or something below it. */
export async function read<Answer>({ url, tokens }: Waybill, project: string, below = ''): Promise<Answer> {
  const response = await fetch(`${url}/api/v4/projects/${encodeURIComponent(project)}${below}`, {
    headers: { 'private-token': tokens.developer },
  })
  if (!response.ok) throw new Error(`${project}${below}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

export type Release = {
  tag_name: string
  name: string
  description: string
  commit: { id: string }
  author: { username: string }
  milestones?: { title: string }[]
  assets: { links: { name: string; url: string; link_type: string; direct_asset_url: string }[] }
}

/** The newest release comes first. */
export const releasesOf = (waybill: Waybill, project: string) => read<Release[]>(waybill, project, '/releases')
