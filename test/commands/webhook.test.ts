import { expect, test } from 'vitest'
import * as create from '../support/factories.ts'
import { startReceiver } from '../support/receiver.ts'
import { runCommand, useCommands } from './run-command.ts'

const commands = useCommands({ allowedPrivateAddresses: ['127.0.0.0/8'] })
const waybill = (...args: string[]) => commands.run('webhook', ...args)
const json = <Result = Record<string, unknown>>(...args: string[]) => commands.json<Result>('webhook', ...args)
const failure = (message: string, exitCode = 1) => ({ stdout: '', stderr: `${message}\n`, exitCode })

const URL = 'http://192.0.2.1/hook'
const token = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

/** Owned by the group `quay-<n>`. */
let count = 0
async function newProject() {
  const group = `quay-${count++}`
  await commands.run('project', 'create', `${group}/app`)
  return { group, project: ['--project', `${group}/app`] }
}

test('webhooks of projects and groups are added, listed, changed and deleted, and no secret is printed', async () => {
  const { group, project } = await newProject()
  expect((await waybill('list', ...project)).stdout).toBe('There are no webhooks\n')
  const secrets = ['--secret-token', 'the-secret', '--signing-token', token]
  const { id } = await json<{ id: number }>('create', URL, ...project, '--events', 'RELEASES', 'TAG_PUSH', ...secrets)
  const plain = await waybill('create', URL, '--group', group)
  expect(plain.stdout).toMatch(/^Created webhook \d+: http:\/\/192\.0\.2\.1\/hook is told of push \(executable\)\n$/)
  const line = `${id}: ${URL} is told of releases, tag_push (executable)`
  expect(await waybill('list', ...project)).toEqual({ stdout: `${line}\n`, stderr: '', exitCode: 0 })
  expect(await json<object[]>('list', '--group', group)).toMatchObject([{ url: URL, events: ['PUSH'], name: null }])
  const changed = await waybill('update', String(id), '--name', 'Harbour', '--events', 'MILESTONE', '--url', `${URL}/2`)
  expect(changed.stdout).toBe(`Changed webhook ${id}: ${URL}/2 is told of milestone (executable)\n`)
  const listed = await waybill('list', ...project, '--json')
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id, name: 'Harbour' }])
  for (const { stdout } of [listed, plain, changed]) expect(stdout).not.toMatch(/the-secret|whsec_/)
  const row = await commands.read((db) => db.webhook.findUniqueOrThrow({ where: { id } }))
  expect(row.secrets).toMatchObject({ token: null, signingToken: token })
  expect(await waybill('delete', String(id))).toEqual({
    stdout: `Deleted webhook ${id}\n`,
    stderr: '',
    exitCode: 0,
  })
  expect(await json('list', ...project)).toEqual([])
})

test('a webhook is tested, its deliveries are listed, and one is sent again', async () => {
  const { project } = await newProject()
  let status = 204
  const receiver = await startReceiver((response) => void response.writeHead(status).end())
  const { id } = await json<{ id: number }>('create', receiver.url, ...project)
  expect((await waybill('deliveries', String(id), ...project)).stdout).toBe('There are no deliveries\n')
  await commands.run('milestone', 'create', 'Winter', ...project)
  expect((await waybill('test', String(id), 'MILESTONE')).stdout).toBe('The receiver answered 204\n')
  const [delivery] = await json<{ id: number; attempts: number }[]>('deliveries', String(id), ...project)
  expect(delivery).toMatchObject({ trigger: 'milestone_events', responseStatus: 204, nextAttemptAt: null })
  const printed = (await waybill('deliveries', String(id), ...project)).stdout
  expect(printed).toMatch(new RegExp(`^${delivery?.id}: milestone_events at 20[^ ]+: 204\\n$`))
  status = 500
  expect((await waybill('resend', String(delivery?.id))).stdout).toBe('The receiver answered 500\n')
  expect(receiver.received.map(({ text }) => JSON.parse(text).object_attributes.title)).toEqual(['Winter', 'Winter'])
  expect(await waybill('test', String(id), 'MILESTONE')).toEqual(failure('The receiver refused the test'))
})

test('what cannot be done is one line', async () => {
  const { project } = await newProject()
  const { id } = await json<{ id: number }>('create', URL, ...project)
  const refused = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await waybill(...args)
    expect([args, stdout, stderr.trimEnd().includes('\n')]).toEqual([args, '', false])
    return [exitCode, stderr.trimEnd()]
  }
  expect(await refused('list')).toEqual([2, 'Of which project or group? Give --project or --group'])
  expect(await refused('list', '--project', 'no/such')).toEqual([1, 'There is no such project or group'])
  expect(await refused('create', 'http://10.0.0.1/', ...project)).toEqual([1, 'Invalid url given'])
  expect(await refused('create', 'nonsense', ...project)).toEqual([1, 'Invalid url given'])
  const short = await refused('create', URL, ...project, '--signing-token', 'whsec_c2hvcnQ=')
  expect(short).toEqual([1, 'signingToken must be whsec_ and 24 to 64 bytes in Base64'])
  const unknown = await refused('create', URL, ...project, '--events', 'NONSENSE')
  expect(unknown).toEqual([1, expect.stringContaining('NONSENSE')])
  expect(await refused('test', String(id), 'NONSENSE')).toEqual([1, expect.stringContaining('NONSENSE')])
  expect(await refused('test', String(id), 'ISSUES')).toEqual([1, 'There is nothing to test issues_events with.'])
  expect(await refused('deliveries', '999999', ...project)).toEqual([1, 'There is no webhook 999999'])
  expect((await refused('update', '999999', '--name', 'x'))[0]).toBe(1)
  expect((await refused('delete', 'x'))[0]).toBe(2)
  expect((await refused('resend', '999999'))[0]).toBe(1)
  // Nothing was changed.
  expect(await json('list', ...project)).toMatchObject([{ id, url: URL, events: ['PUSH'] }])
})

test('a Developer is shown no webhook and changes none', async () => {
  const { project } = await newProject()
  const { id } = await json<{ id: number }>('create', URL, ...project)
  const asDeveloper = await commands.read(async (db) => {
    const user = await create.createUser()
    const fullPath = project[1] ?? ''
    await create.addMember({ project: await db.project.findUniqueOrThrow({ where: { fullPath } }) }, user, 'developer')
    return ['--token', await create.tokenFor(user)]
  })
  const run = (...args: string[]) => runCommand('webhook', ...args, ...asDeveloper)
  expect((await run('list', ...project)).stdout).toBe('There are no webhooks\n')
  expect(await run('deliveries', String(id), ...project)).toEqual(failure(`There is no webhook ${id}`))
  for (const args of [
    ['delete', String(id)],
    ['update', String(id), '--name', 'x'],
    ['test', String(id), 'PUSH'],
  ]) {
    expect(await run(...args)).toMatchObject({ stdout: '', exitCode: 1 })
  }
  expect((await run('create', URL, ...project)).exitCode).toBe(1)
})
