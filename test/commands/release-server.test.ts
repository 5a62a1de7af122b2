import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld } from '../support/world.ts'
import { withoutPipeline } from './release-world.ts'
import { runCommand } from './run-command.ts'

const app = useApp()
withoutPipeline()

describe('a wrong command', () => {
  const wrong: [string, string[], string][] = [
    ['names no server', ['list', '--project', 'a/b'], 'Which server? Give --server, or set WAYBILL_URL'],
    ['names no project', ['list', '--server', 'http://127.0.0.1:9'], 'Which project? Give --project group/project'],
    ['names no tag', ['get', '--server', 'http://127.0.0.1:9', '--project', 'a/b'], 'Which release? Give --tag-name'],
    ['names two releases', ['get', '--latest', '--tag', 'v1'], 'cannot be used with option'],
    ['has an unknown flag', ['list', '--colour'], "error: unknown option '--colour'"],
    [
      'has a link that is no JSON',
      ['create', '--assets-link', '{'],
      "error: option '--assets-link <json>' argument '{' is invalid.",
    ],
    [
      'changes nothing',
      ['update', '--server', 'http://127.0.0.1:9', '--project', 'a/b', '--tag-name', 'v1'],
      'What is to change?',
    ],
  ]

  test.each(wrong)('a command that %s ends with 2', async (_, args, message) => {
    const { stdout, stderr, exitCode } = await runCommand('release', ...args)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(message)
  })

  test('a request for help is no failure', async () => {
    const { stdout, exitCode } = await runCommand('release', 'create', '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('--assets-link <json>')
  })
})

describe('a server that does not answer as it should', () => {
  async function listen(answer: (headers: Record<string, unknown>) => [number, Record<string, string>, string]) {
    const seen: Record<string, unknown>[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers)
      const [status, headers, body] = answer(request.headers)
      response.writeHead(status, headers).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
  }

  const SECRET = 'very-secret-token'
  const list = (url: string, ...more: string[]) =>
    runCommand('release', 'list', '--server', url, '--project', 'a/b', ...more)

  test('a server that cannot be reached is named', async () => {
    const { stderr, exitCode } = await list('http://127.0.0.1:9', '--token', SECRET)
    expect(stderr).toMatch(
      /^Cannot reach http:\/\/127\.0\.0\.1:9\/api\/graphql \(.+\)\. Does it run, and is the address right\?\n$/,
    )
    expect(exitCode).toBe(1)
  })

  test('a server that is no Waybill is reported', async () => {
    const { url } = await listen(() => [404, {}, '<html>'])
    expect((await list(url)).stderr).toBe(
      `${url}/api/graphql answers 404, and not as GraphQL does: is --server the base URL of a Waybill server?\n`,
    )
  })

  test('a server that redirects gets no token at its other address', async () => {
    const other = await listen(() => [200, {}, '{}'])
    const { url } = await listen(() => [301, { location: `${other.url}/api/graphql?key=${SECRET}` }, ''])
    const { stderr, exitCode } = await list(url, '--token', SECRET)
    expect(stderr).toContain(`redirects to ${other.url}/api/graphql: give --server the address that it redirects to`)
    expect({ exitCode, seen: other.seen }).toEqual({ exitCode: 1, seen: [] })
    expect(stderr).not.toContain(SECRET)
  })

  test("a server that refuses a token is reported with the token's source, and without the token", async () => {
    const wrong = await list(app.url, '--token', SECRET)
    expect(wrong).toMatchObject({ stdout: '', exitCode: 1 })
    expect(wrong.stderr).toContain('Check --token.')
    vi.stubEnv('WAYBILL_TOKEN', `${SECRET}\u00e9`)
    const malformed = await list(app.url)
    expect(malformed).toEqual({
      stdout: '',
      stderr: 'WAYBILL_TOKEN holds characters that no token has\n',
      exitCode: 2,
    })
    const inUrl = await list(app.url.replace('http://', `http://user:${SECRET}@`))
    expect(inUrl.exitCode).toBe(2)
    expect([wrong, inUrl].map(({ stderr }) => stderr).join()).not.toContain(SECRET)
  })

  test('the token of a pipeline goes to the server of the pipeline alone', async () => {
    const waybill = await listen(() => [404, {}, ''])
    const pipeline = await listen(() => [404, {}, ''])
    vi.stubEnv('CI_SERVER_URL', pipeline.url)
    vi.stubEnv('CI_JOB_TOKEN', SECRET)
    vi.stubEnv('CI_PROJECT_PATH', 'a/b')
    await list(waybill.url)
    await runCommand('release', 'list')
    expect(JSON.stringify(waybill.seen)).not.toContain(SECRET)
    expect(pipeline.seen).toMatchObject([{ 'job-token': SECRET }])
  })
})

test('a release of a protected tag is refused with the role that it needs', async () => {
  const { project, tokens } = await createWorld(app)
  const protect = (name: string, accessLevel: number) =>
    db.protectedTag.create({ data: { projectId: project.id, name, accessLevels: { create: { accessLevel } } } })
  await protect('v*', role.maintainer)
  await protect('w*', role.none)
  vi.stubEnv('WAYBILL_URL', app.url)
  const publish = (tag: string, token: string | null) => {
    vi.stubEnv('WAYBILL_TOKEN', token ?? '')
    return runCommand('release', 'create', '--project', project.fullPath, '--tag-name', tag, '--ref', 'main')
  }
  const refusal = (advice: string) => ({
    exitCode: 1,
    stdout: '',
    stderr: `You are not allowed to create this tag as it is protected.\n${advice}: a Maintainer sets the protected tags of a project.\n`,
  })
  expect(await publish('v9', tokens.developer)).toEqual(refusal(`It takes the role Maintainer in ${project.fullPath}`))
  expect(await publish('w9', tokens.maintainer)).toEqual(refusal('No role alone may create it'))
  // A viewer who may not publish learns nothing about the rules.
  for (const name of ['guest', 'reporter', 'stranger'] as const) {
    expect((await publish('v9', tokens[name])).stderr).not.toMatch(/protected|Maintainer/)
    const ask = `{ project(fullPath: "${project.fullPath}") { roleToCreateTag(tagName: "v9") } }`
    const { data } = await query<{ project: object }, never>(app, ask, {}, { token: tokens[name] })
    expect(data.project).toEqual({ roleToCreateTag: null })
  }
  expect((await publish('v9', tokens.maintainer)).exitCode).toBe(0)
})
