import { getNamedType } from 'graphql'
import { endpoints } from '../../src/http/rest/endpoints.ts'
import { schema } from '../../src/schema.ts'
import { rest } from '../http/rest/client.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { createWorld, type World } from '../support/world.ts'

/** A world in which the Owner of the project owns the group as well. */
export async function ownedWorld(app: TestApp): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

/** Mutations whose statements are put together from parts, or lock rows. */
export const WRITES = [
  'releaseCreate',
  'releaseUpdate',
  'releaseDelete',
  'evidenceCollect',
  'milestoneCreate',
  'milestoneUpdate',
  'issueCreate',
  'projectCreate',
  'protectedTagCreate',
].filter((name) => name in mutationInputs)

/** A function that sends the mutation. It may be called once. */
export async function writeOf(app: TestApp, name: string): Promise<() => Promise<void>> {
  const world = await ownedWorld(app)
  const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const input = (await mutationInputs[name]?.(world)) ?? {}
  const headers = { 'idempotency-key': `the SQL of ${name}` }
  return async () => void (await query(app, document, { input }, { token: world.tokens.owner, headers }))
}

/** A function that reads notes with a reference of each kind. */
export async function referencesOf(app: TestApp, { project, release, tokens }: World): Promise<() => Promise<void>> {
  const token = tokens.owner
  const input = { projectPath: project.fullPath, tagName: release.tag, description: '#1 a/b#1 %1 %"A" @a @b/c' }
  const writing = 'mutation ($input: ReleaseUpdateInput!) { releaseUpdate(input: $input) { errors } }'
  await query(app, writing, { input }, { token })
  const reading = '{ project(fullPath: "PATH") { releases { nodes { descriptionHtml } } } }'
  return async () => void (await query(app, reading.replace('PATH', project.fullPath), {}, { token }))
}

/** The paths of REST that can be read. */
export const lists = endpoints.flatMap(({ method, path, answers }) =>
  method === 'get' && 200 in answers ? [path] : [],
)

/** A function that reads this path in the world. */
export function listOf(app: TestApp, { project, group, release, tokens }: World, path: string): () => Promise<void> {
  const ids: Record<string, string> = { tag_name: release.tag, issue_iid: '1', sha: release.sha ?? '' }
  const id = path.startsWith('/groups') ? group.id : project.id
  const given = path
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/:(\w+)/g, (_, name: string) => (name === 'id' ? `${id}` : (ids[name] ?? '1')))
  return async () => void (await rest(app, 'GET', given, { token: tokens.owner }))
}
