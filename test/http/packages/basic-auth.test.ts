// Some tools that fetch files know HTTP Basic only: pip, netrc, wget.
import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { limitedServer } from '../limited-server.ts'
import { rest } from '../rest/client.ts'
import { fileUrl, put } from './package-client.ts'

const app = useApp()
const run = promisify(execFile)

const CHALLENGE = 'Basic realm="GitLab Packages Registry"'
const SHA256_OF_HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

let world: World
let open: World
let webUrl: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  open = await createWorld(app)
  for (const one of [world, open]) expect((await put(app, one, 'hello')).status).toBe(201)
  const file = await db.packageFile.findFirstOrThrow({ where: { package: { projectId: world.project.id } } })
  webUrl = `${app.url}/${world.project.fullPath}/-/package_files/${file.id}/download`
})

const basic = (token: string, user = 'whoever') => ({
  authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
})

const tokenOf = (viewer: ViewerName, of = world) => of.tokens[viewer] ?? ''
const places = (): [string, string][] => [
  ['the route of generic packages', fileUrl(app, world)],
  ["the file's web address", webUrl],
]

async function jobToken(): Promise<string> {
  const mutation = 'mutation ($i: JobTokenCreateInput!) { jobTokenCreate(input: $i) { errors token } }'
  const variables = { i: { projectPath: world.project.fullPath } }
  const { data } = await query<{ jobTokenCreate: { token: string } }, never>(app, mutation, variables, {
    token: tokenOf('developer'),
  })
  return data.jobTokenCreate.token
}

describe.each([0, 1])('a file of a package', (at) => {
  const place = () => places()[at]?.[1] ?? ''
  const get = (headers: Record<string, string> = {}) => fetch(place(), { headers, redirect: 'manual' })

  test('a file of a package is given for a token as the password of any user, with its digest', async () => {
    for (const user of ['', 'ada', 'gitlab-ci-token', '__token__']) {
      const answer = await get(basic(tokenOf('reporter'), user))
      expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
      expect(answer.headers.get('x-checksum-sha256')).toBe(SHA256_OF_HELLO)
    }
  })

  test('a file of a package is given for a job token', async () => {
    expect((await get(basic(await jobToken(), 'gitlab-ci-token'))).status).toBe(200)
  })

  test('a file of a package is refused to anonymous clients with 401 and a challenge, and so is a missing file', async () => {
    const missing = places().map(([, url]) =>
      url.replace(/projects\/\d+/, 'projects/999999').replace(world.project.fullPath, 'no/such'),
    )
    for (const url of [place(), missing[at] ?? '']) {
      const answer = await fetch(url)
      expect([answer.status, answer.headers.get('www-authenticate'), await answer.json()]).toEqual([
        401,
        CHALLENGE,
        { message: '401 Unauthorized' },
      ])
    }
  })

  test('a file of a package is refused with 401 and a challenge for a wrong token', async () => {
    for (const authorization of [
      basic('wbt_nobody').authorization,
      basic('').authorization,
      'Basic ====',
      'Basic eDp5',
      'Digest x',
    ]) {
      const answer = await get({ authorization })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
    }
  })

  test('a file of a package is missing for a signed-in client that cannot see the project', async () => {
    expect((await get(basic(tokenOf('stranger')))).status).toBe(404)
  })
})

test('a guest is refused with 403, because the project is readable but its packages are not', async () => {
  expect((await fetch(fileUrl(app, world), { headers: basic(tokenOf('guest')) })).status).toBe(403)
})

test('a missing file of a project that everybody may read is missing', async () => {
  expect((await fetch(fileUrl(app, open))).status).toBe(200)
  expect((await fetch(fileUrl(app, open, { file: 'other.bin' }))).status).toBe(404)
})

test('a file is uploaded with a token as the password by viewers who may upload, and by nobody else', async () => {
  const upload = (headers: Record<string, string>) =>
    fetch(fileUrl(app, open, { version: '2' }), { method: 'PUT', headers, body: 'x' })
  expect((await upload(basic(tokenOf('developer', open)))).status).toBe(201)
  expect((await upload(basic(tokenOf('reporter', open)))).status).toBe(403)
  const nobody = await upload({})
  expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, CHALLENGE])
})

test('the rest of REST, GraphQL and the pages do not read Basic', async () => {
  const headers = basic(tokenOf('owner'))
  const elsewhere = [`/projects/${world.project.id}`, `/projects/${world.project.id}/releases`, '/user']
  for (const place of elsewhere) expect((await rest(app, 'GET', place, { headers })).status).toBe(401)
  const releases = await fetch(`${app.url}/${world.project.fullPath}/-/releases`, { headers })
  expect(releases.status).toBe(401)
  expect(releases.headers.get('www-authenticate')).toBe('Bearer')
})

test('another credential header wins over Basic, as everywhere', async () => {
  const headers = { ...basic('wbt_wrong'), 'private-token': tokenOf('reporter') }
  expect((await fetch(fileUrl(app, world), { headers })).status).toBe(200)
})

test('the packages of a project are listed for Basic, too', async () => {
  const answer = await rest(app, 'GET', `/projects/${world.project.id}/packages`, {
    headers: basic(tokenOf('reporter')),
  })
  expect([answer.status, answer.body.length]).toEqual([200, 1])
})

test('curl with a .netrc fetches a file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'netrc-'))
  const netrc = path.join(folder, 'netrc')
  await writeFile(netrc, `machine 127.0.0.1 login ada password ${tokenOf('reporter')}\n`, { mode: 0o600 })
  for (const [, url] of places()) {
    expect((await run('curl', ['-fsS', '--netrc-file', netrc, url])).stdout).toBe('hello')
  }
})

test('wrong passwords count as wrong tokens do, so that the address must wait after 300 of them', async () => {
  const { url } = await limitedServer(app, {})
  const place = fileUrl(app, world).replace(app.url, url)
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => (await fetch(place, { headers: basic(`wrong-${n}`) })).status),
  )
  expect(new Set(statuses)).toEqual(new Set([401]))
  for (const other of [place, webUrl.replace(app.url, url)]) {
    const refused = await fetch(other, { headers: basic('wrong again') })
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
  }
}, 60_000)
