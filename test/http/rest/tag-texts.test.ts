import { beforeAll, describe, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

const MIB = 1024 ** 2
const LISTED = 65_536

let world: World
beforeAll(async () => {
  const tags = [
    { name: 'long', message: 'x'.repeat(LISTED + 1) },
    { name: 'largest', message: 'y'.repeat(MIB - 1000) },
    { name: 'too-large', message: 'z'.repeat(MIB) },
    'plain',
  ]
  world = await createWorld(app, { repository: { tags: ['v1.0.0', ...tags] } })
})

const list = () => rest(app, 'GET', `/projects/${world.project.id}/repository/tags?order_by=name&sort=asc`)
const single = (name: string) => rest(app, 'GET', `/projects/${world.project.id}/repository/tags/${name}`)

type Listed = { name: string; message: string; target: string; created_at: string | null }

describe('the message of a tag', () => {
  test('the message of a tag is cut in a list, and whole where the tag is asked for alone', async () => {
    const { status, body } = await list()
    expect(status).toBe(200)
    const found = new Map((body as Listed[]).map((tag) => [tag.name, tag]))
    expect([...found.keys()]).toEqual(['largest', 'long', 'plain', 'too-large', 'v1.0.0'])
    expect(found.get('long')?.message).toBe('x'.repeat(LISTED))
    expect(found.get('largest')?.message).toBe('y'.repeat(LISTED))
    expect((await single('long')).body.message).toBe('x'.repeat(LISTED + 1))
    expect((await single('largest')).body.message).toBe('y'.repeat(MIB - 1000))
  })

  test('the message of a tag is left out above 1 MiB, and everything else about the tag is shown', async () => {
    const whole = (await single('long')).body
    for (const tag of [(await single('too-large')).body, (await list()).body[3]]) {
      expect(tag).toMatchObject({ name: 'too-large', message: '', target: whole.target, created_at: null })
      expect(tag.commit.id).toBe(whole.commit.id)
    }
  })
})

test('a tag that is too large for git to hold in memory hides itself alone', async () => {
  const broken = await createWorld(app)
  const dir = app.repositories.directory(broken.project.id)
  const head = `object ${broken.release.sha}\ntype commit\ntag huge\ntagger A <a@example.com> 1700000000 +0000\n\n`
  const input = Buffer.concat([Buffer.from(head), Buffer.alloc(300 * MIB, 'x')])
  const args = ['-c', 'core.compression=1', 'hash-object', '-t', 'tag', '-w', '--stdin', '--literally']
  const sha = (await runGit(dir, args, { input })).trim()
  await runGit(dir, ['update-ref', 'refs/tags/huge', sha])
  const { status, body } = await rest(app, 'GET', `/projects/${broken.project.id}/repository/tags`)
  expect([status, (body as Listed[]).map(({ name }) => name)]).toEqual([200, ['v1.0.0']])
  const alone = await rest(app, 'GET', `/projects/${broken.project.id}/repository/tags/huge`)
  expect([alone.status, alone.body]).toEqual([404, { message: '404 Tag Not Found' }])
  expect(app.logged().filter(({ level }) => Number(level) >= 50)).toEqual([])
  expect((await rest(app, 'GET', `/projects/${broken.project.id}/repository/branches`)).status).toBe(200)
}, 60_000)
