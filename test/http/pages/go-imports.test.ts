import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { wholeAnswer } from './web-client.ts'

const app = useApp()
let open: World
let closed: World

beforeAll(async () => {
  open = await createWorld(app, { project: { visibility: 'public' } })
  closed = await createWorld(app, { project: { visibility: 'private' } })
})

const asPassword = (token: string | null): Record<string, string> =>
  token ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } : {}

/** What Go asks for. */
const goGet = (path: string, token: string | null = null) =>
  fetch(`${app.url}/${path}?go-get=1`, { headers: asPassword(token), redirect: 'manual' })

/** What Go reads from the answer: the prefix of the package, its version control, its repository. */
async function importOf(answer: Response) {
  const [, content] = /<meta name="go-import" content="([^"]*)">/.exec(await answer.text()) ?? []
  return { status: answer.status, content }
}

function repositoryOf(path: string) {
  const host = app.url.replace('http://', '')
  return { status: 200, content: `${host}/${path} git ${app.url}/${path}.git` }
}

describe('go get', () => {
  test('go get finds the repository of a public project, from any path in or below it', async () => {
    const { fullPath } = open.project
    for (const below of ['', '/', '/cmd/tool', '/v2', '/-/releases', '/a~b/c', '/%C3%A4']) {
      expect(await importOf(await goGet(`${fullPath}${below}`))).toEqual(repositoryOf(fullPath))
    }
    const { headers } = await goGet(fullPath)
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('private, no-cache')
  })

  test('go get finds a project below several groups', async () => {
    const between = await create.createGroup({ parentId: open.group.id })
    const { fullPath } = await create.createProject({ groupId: between.id })
    expect(fullPath.split('/')).toHaveLength(3)
    expect(await importOf(await goGet(`${fullPath}/pkg/${'x/'.repeat(30)}`))).toEqual(repositoryOf(fullPath))
  })

  test('go get without a token gets the same answer for a hidden project as for a missing one', async () => {
    const { fullPath } = closed.project
    const [group = '', project = ''] = fullPath.split('/')
    const [hidden, missing] = await Promise.all([
      wholeAnswer(await goGet(fullPath)),
      wholeAnswer(await goGet('no/such')),
    ])
    expect(hidden.text.replaceAll(fullPath, 'no/such')).toBe(missing.text)
    expect([hidden.status, hidden.headers.filter(([name]) => name !== 'content-length')]).toEqual([
      200,
      missing.headers.filter(([name]) => name !== 'content-length'),
    ])
    expect(await importOf(await goGet(`${fullPath}/pkg`))).toEqual(repositoryOf(`${group}/${project}`))
    expect(await importOf(await goGet('no/such/pkg/of'))).toEqual(repositoryOf('no/such'))
  })

  test("go get with a token as the password finds what the token's owner may read, and otherwise learns that there is no such project", async () => {
    const { fullPath } = closed.project
    for (const viewer of ['guest', 'developer'] as const) {
      expect(await importOf(await goGet(`${fullPath}/pkg`, closed.tokens[viewer]))).toEqual(repositoryOf(fullPath))
    }
    const [hidden, missing] = await Promise.all(
      [fullPath, 'no/such'].map(async (path) => wholeAnswer(await goGet(path, closed.tokens.stranger))),
    )
    expect(hidden).toEqual(missing)
    expect(hidden).toMatchObject({ status: 404, text: expect.stringContaining('~/.netrc') })
    expect((await goGet(fullPath, 'wbt_wrong')).status).toBe(401)
  })

  test('go get learns that a project without a repository has no repository', async () => {
    const none = await createWorld(app, { project: { visibility: 'public', repositoryLevel: 'disabled' } })
    const answer = await wholeAnswer(await goGet(none.project.fullPath))
    expect(answer).toMatchObject({ status: 404, text: 'The project has no repository.\n' })
  })

  test('go get costs one statement, however long the path is', async () => {
    for (const path of ['a/b', `${'a/'.repeat(60)}b`]) {
      expect(await app.statementsOf(() => goGet(path))).toHaveLength(1)
    }
  })

  test.each(['', 'one', 'one/', 'one/-/x', 'one/two.git', 'one/%3Cscript%3E', 'one/a b', 'one/%22'])(
    'go get of the path "%s", which holds no project, is refused',
    async (path) => {
      const { status, text, headers } = await wholeAnswer(await goGet(path))
      expect([status, text]).toEqual([404, 'The path of a project has two segments at least.\n'])
      expect(headers).toContainEqual(['content-type', 'text/plain; charset=UTF-8'])
    },
  )

  test('go get leaves the addresses of the server itself alone', async () => {
    expect((await goGet('health')).headers.get('content-type')).toMatch(/json/)
    expect((await goGet('api/v4/version/x')).status).toBe(404)
    expect((await goGet('.well-known/jwks.json')).status).toBe(200)
    expect((await goGet('%/x')).status).toBe(404)
  })

  test('only go-get=1 marks a request of go get', async () => {
    const { fullPath } = open.project
    for (const query of ['go-get=0', 'go-get', 'go-get=1x']) {
      expect((await fetch(`${app.url}/${fullPath}?${query}`)).status).toBe(404)
    }
    expect((await fetch(`${app.url}/${fullPath}?go-get=1`, { method: 'POST' })).status).toBe(404)
  })
})
