import { createHash } from 'node:crypto'
import type { World } from '../../support/world.ts'

export type Client = { app: { url: string }; world: World; token: string | null }

export const digestOf = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

export const basic = (token: string | null): Record<string, string> =>
  token ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } : {}

const repositoryOf = ({ app, world }: Client) => `${app.url}/${world.project.fullPath}.git`

export async function batch(client: Client, operation: string, objects: unknown) {
  const answer = await fetch(`${repositoryOf(client)}/info/lfs/objects/batch`, {
    method: 'POST',
    headers: { ...basic(client.token), 'content-type': 'application/vnd.git-lfs+json' },
    body: JSON.stringify({ operation, objects, transfers: ['basic'], hash_algo: 'sha256' }),
  })
  const { status, headers } = answer
  return {
    status,
    type: headers.get('content-type'),
    challenge: headers.get('www-authenticate'),
    body: await answer.json(),
  }
}

export const upload = (client: Client, content: string | Buffer, announced: { oid?: string; size?: number } = {}) => {
  const { oid = digestOf(content), size = Buffer.byteLength(content) } = announced
  const url = `${repositoryOf(client)}/gitlab-lfs/objects/${oid}/${size}`
  return fetch(url, { method: 'PUT', headers: basic(client.token), body: new Uint8Array(Buffer.from(content)) })
}

export const download = (client: Client, oid: string, headers: Record<string, string> = {}) =>
  fetch(`${repositoryOf(client)}/gitlab-lfs/objects/${oid}`, { headers: { ...basic(client.token), ...headers } })

/** Uploads an object, and says by which name and size a pointer calls it. */
export async function uploadedObject(client: Client, content: string | Buffer = 'a large film') {
  const { status } = await upload(client, content)
  if (status !== 200) throw new Error(`the upload of an object: ${status}`)
  return { oid: digestOf(content), size: Buffer.byteLength(content) }
}
