import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { expect, inject } from 'vitest'
import type { JwtIssuer } from '../../src/authentication/jwt-issuers.ts'

export type Key = { kid: string; alg: string; privateKey: CryptoKey; publicJwk: JWK }

export const AUDIENCE = 'https://waybill.example'

export async function createKey({ kid = randomBytes(4).toString('hex'), alg = 'RS256' } = {}): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export function createIssuer(issuer: Partial<JwtIssuer> & { jwks: string }): JwtIssuer {
  return {
    issuer: 'https://ci.example',
    audience: AUDIENCE,
    algorithms: ['RS256'],
    userClaim: 'user',
    projectRoles: [],
    ...issuer,
  }
}

export const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow

/** Claims that replace the usual ones; undefined leaves a claim out. */
export type Changes = Readonly<Record<string, unknown>>

/** A token of the issuer that `createIssuer` makes. */
export function sign(key: Key, claims: Changes = {}, header: Changes = {}): Promise<string> {
  const payload = { iss: 'https://ci.example', aud: AUDIENCE, exp: seconds(600), ...claims }
  // Casts, because forged tokens hold what the types forbid.
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header } as JWTHeaderParameters)
    .sign(key.privateKey)
}

const jwksOf = (keys: Key[]) => JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) })

/** A key set in a file. `replace` puts another one in its place, as an operator or a mounted secret would. */
export async function writeKeySet(
  keys: Key[],
): Promise<{ file: string; replace(keys: Key[] | string): Promise<void> }> {
  const dir = await mkdtemp(path.join(inject('scratch'), 'jwks-'))
  const file = path.join(dir, 'jwks.json')
  const replace = async (content: Key[] | string) => {
    await writeFile(`${file}.new`, typeof content === 'string' ? content : jwksOf(content))
    await rename(`${file}.new`, file)
  }
  await replace(keys)
  return { file, replace }
}

/** A key set behind a URL. */
export async function serveKeySet(keys: Key[]) {
  const state = { keys, status: 200, requests: 0 }
  const server = createServer((_request, response) => {
    state.requests += 1
    response.writeHead(state.status, { 'content-type': 'application/json' }).end(jwksOf(state.keys))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}/jwks.json`, state, close }
}

/** An UNAUTHENTICATED error whose message holds these words. */
export const refused = (message: string) =>
  expect.objectContaining({ name: 'AppError', code: 'UNAUTHENTICATED', message: expect.stringContaining(message) })

/** A trusted issuer of a test file: its configuration, and its tokens. */
export async function createTrustedIssuer(changes: Partial<JwtIssuer>) {
  const key = await createKey()
  const { file } = await writeKeySet([key])
  return { issuer: createIssuer({ jwks: file, ...changes }), signed: (claims: Changes) => sign(key, claims) }
}
