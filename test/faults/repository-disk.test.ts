import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'

const app = useApp()

/** A project whose repository has a small disk of its own. */
async function createWorld() {
  const project = await create.createProject()
  const user = await create.createUser()
  await create.addMember({ project }, user, 'maintainer')
  const disk = app.repositories.directory(project.id)
  await mkdir(disk, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'waybill-test', disk])
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]))
  await createRepository(disk, { commits: 1 })
  return { project, disk, token: await create.tokenFor(user) }
}

type World = Awaited<ReturnType<typeof createWorld>>

const releaseByGraphql = ({ project }: World) =>
  [
    '/graphql',
    {
      query: `mutation { releaseCreate(input: { projectPath: "${project.fullPath}", tagName: "v1", ref: "main",
        tagMessage: "One" }) { errors release { tagName } } }`,
    },
  ] as const

const releaseByRest = ({ project }: World) =>
  [`/api/v4/projects/${project.id}/releases`, { tag_name: 'v1', ref: 'main', tag_message: 'One' }] as const

async function send({ token }: World, [address, body]: readonly [string, object], key: string) {
  const response = await fetch(app.url + address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'private-token': token, 'idempotency-key': key },
    body: JSON.stringify(body),
  })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
}

const faults: [string, { breakDisk: (disk: string) => Promise<unknown>; mend: (disk: string) => Promise<unknown> }][] =
  [
    [
      'full',
      {
        breakDisk: (disk) => writeFile(path.join(disk, 'filler'), Buffer.alloc(2 * 1024 ** 2)).catch(() => undefined),
        mend: (disk) => rm(path.join(disk, 'filler')),
      },
    ],
    [
      'read-only',
      {
        breakDisk: async (disk) => execFileSync('mount', ['-o', 'remount,ro', disk]),
        mend: async (disk) => execFileSync('mount', ['-o', 'remount,rw', disk]),
      },
    ],
  ]

describe.each(faults)('the disk of a repository that is %s', (_name, { breakDisk, mend }) => {
  test.each([
    ['GraphQL', releaseByGraphql, 200],
    ['REST', releaseByRest, 201],
  ])(
    '%s says that the server is at fault, and the same key makes the release afterwards',
    async (_door, request, made) => {
      const world = await createWorld()
      await breakDisk(world.disk)
      const refused = await send(world, request(world), 'release')
      expect([refused.status, refused.retryAfter]).toEqual([503, '60'])
      expect(refused.text).toContain('Failed to create tag v1: the repository cannot be read or written now')
      await mend(world.disk)
      const answer = await send(world, request(world), 'release')
      expect(answer.status).toBe(made)
      expect(answer.text).toContain('v1')
      expect(await send(world, request(world), 'release')).toEqual(answer)
    },
  )
})
