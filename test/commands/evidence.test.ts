import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import type { Visibility } from '../../src/generated/prisma/enums.ts'
import { collectEvidence } from '../../src/modules/evidence/collect-evidence.ts'
import { canonicalJson, type Json } from '../../src/modules/evidence/evidence-snapshot.ts'
import { publishedKeys } from '../../src/signing/signing-keys.ts'
import * as create from '../support/factories.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()

const waybill = (...args: string[]) => commands.run('evidence', ...args)

async function collected(tag = 'v1.0.0', visibility: Visibility = 'public') {
  const release = await create.createRelease(await create.createProject({ visibility }), { tag })
  const project = await db.project.findUniqueOrThrow({ where: { id: release.projectId } })
  const collect = async () => {
    const options = { occasion: null, baseUrl: 'https://waybill.example.com' }
    const evidence = await db.$transaction((tx) => collectEvidence(tx, release.id, options))
    if (!evidence) throw new Error('the release is gone')
    return evidence
  }
  return { project: project.fullPath, tag, evidence: await collect(), collect }
}

async function folder() {
  const dir = await mkdtemp(path.join(inject('scratch'), 'evidence-'))
  const write = async (name: string, content: string) => {
    await writeFile(path.join(dir, name), content)
    return path.join(dir, name)
  }
  return { write, jwks: await write('jwks.json', JSON.stringify(await publishedKeys())) }
}

describe('evidence verify', () => {
  test('evidence verify proves a bundle that evidence export printed', async () => {
    const { project, tag } = await collected('lib/v1.0.0')
    const { write, jwks } = await folder()
    const { stdout: output } = await waybill('export', '--project', project, '--tag', tag)
    const result = await waybill('verify', await write('bundle.json', output), '--jwks', jwks)
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    expect(result.stdout).toMatch(
      /^ok +document .*\nok +digest .*\nok +signature .*\nThe evidence is what was signed\.\n$/,
    )
  })

  test('evidence verify proves the document that is served, with the signature in a file or as an argument, and keys at a URL', async () => {
    const { evidence } = await collected()
    const { write } = await folder()
    const keys = JSON.stringify(await publishedKeys())
    const server = createServer((_request, response) => response.end(keys)).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`
    const file = await write('evidence.json', canonicalJson(evidence.summary as Json))
    const signature = evidence.signature ?? ''
    for (const given of [signature, await write('signature', `${signature}\n`)]) {
      expect(await waybill('verify', file, '--jwks', url, '--signature', given, '--sha', evidence.sha)).toMatchObject({
        exitCode: 0,
      })
    }
  })

  test('evidence verify says what is wrong with a document that was changed, and fails', async () => {
    const { project, tag } = await collected()
    const { write, jwks } = await folder()
    const { stdout: output } = await waybill('export', '--project', project, '--tag', tag)
    const file = await write('bundle.json', output.replace('"tag_name": "v1.0.0"', '"tag_name": "v1.0.1"'))
    const result = await waybill('verify', file, '--jwks', jwks)
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/FAILED +digest +differs.*\nFAILED +signature does not fit.*\n.*NOT proven/)
  })

  test.each([
    ['a file that is not there', 'nowhere.json', /^Cannot read nowhere\.json: ENOENT.*\n$/],
    ['keys that are not there', 'keys.json', /^Cannot read keys\.json: ENOENT.*\n$/],
    ['keys at a URL where nobody answers', 'http://127.0.0.1:1/', /^Cannot reach http:\/\/127\.0\.0\.1:1\/: .*\n$/],
  ])('evidence verify names %s in one line', async (_name, place, expected) => {
    const { write } = await folder()
    const file = place === 'nowhere.json' ? place : await write('evidence.json', '{}')
    expect(await waybill('verify', file, '--jwks', place)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(expected),
    })
  })

  test('evidence verify names keys that are no JWK Set', async () => {
    const { write } = await folder()
    const file = await write('evidence.json', '{}')
    const { exitCode, stderr } = await waybill('verify', file, '--jwks', file)
    expect([exitCode, stderr]).toEqual([1, `${file} is no JWK Set: {"keys": [...]} is expected\n`])
  })
})

describe('evidence export', () => {
  test('evidence export prints the newest evidence, or the evidence that is asked for', async () => {
    const { project, tag, evidence, collect } = await collected()
    const newest = await collect()
    const signatures = async (...args: string[]) =>
      JSON.parse((await waybill('export', '--project', project, '--tag', tag, ...args)).stdout).signature
    expect(await signatures()).toBe(newest.signature)
    expect(await signatures('--id', String(evidence.id))).toBe(evidence.signature)
  })

  test('evidence export says in one line that there is no evidence', async () => {
    const { project } = await collected()
    expect(await waybill('export', '--project', project, '--tag', 'v9')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `The project '${project}' shows no evidence of a release 'v9'\n`,
    })
    expect(await waybill('export', '--project', 'no/such', '--tag', 'v1')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `There is no project 'no/such' at ${commands.app.url}, or WAYBILL_TOKEN may not read it\n`,
    })
  })

  test('evidence export says the same to a guest, whatever the tag is', async () => {
    const { project, tag } = await collected('v1.0.0', 'private')
    const user = await create.createUser()
    const { id: projectId } = await db.project.findUniqueOrThrow({ where: { fullPath: project } })
    await db.projectMember.create({ data: { projectId, userId: user.id, role: role.guest } })
    const token = await create.createToken({ userId: user.id, scopes: ['api'] })
    const ask = (asked: string) => waybill('export', '--project', project, '--tag', asked, '--token', token)
    const existing = await ask(tag)
    const missing = await ask('v9')
    expect(existing).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `The project '${project}' shows no evidence of a release '${tag}'\n`,
    })
    expect(missing.stderr).toBe(existing.stderr.replace(tag, 'v9'))
  })
})

test('evidence rotate-key makes a new key, and evidence that the old key signed is still proven', async () => {
  const { project, tag } = await collected()
  const { stdout: output } = await waybill('export', '--project', project, '--tag', tag)
  const rotated = await waybill('rotate-key')
  const { write, jwks } = await folder()
  const [newest] = (await publishedKeys()).keys
  expect(rotated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(newest?.kid ?? '-') })
  expect(await waybill('verify', await write('bundle.json', output), '--jwks', jwks)).toMatchObject({ exitCode: 0 })
})
