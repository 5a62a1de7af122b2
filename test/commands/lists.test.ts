import { beforeAll, describe, expect, test } from 'vitest'
import * as create from '../support/factories.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()
let token = ''

beforeAll(async () => {
  const group = await create.createGroup({ name: 'Lamps', path: 'lamps', visibility: 'private' })
  const other = await create.createGroup({ name: 'Boats', path: 'boats', visibility: 'public' })
  const project = await create.createProject({ groupId: group.id, path: 'tower', name: 'Tower', visibility: 'private' })
  await create.createProject({ groupId: other.id, path: 'dinghy', name: 'Dinghy', visibility: 'public' })
  await create.createProject({ groupId: other.id, path: 'hidden', name: 'Hidden', visibility: 'private' })
  const keeper = await create.createUser({ username: 'keeper', name: 'Keeper' })
  await create.addMember({ group }, keeper, 'maintainer')
  await create.addMember({ project }, keeper, 'owner')
  token = await create.tokenFor(keeper)
})

const run = async (...args: string[]) => commands.run(...args, '--token', token)
const said = (stdout: string, stderr = '') => ({ stdout, stderr, exitCode: 0 })

describe('list', () => {
  test('project list prints the projects that the caller may read, by name', async () => {
    expect(await run('project', 'list')).toEqual(said('boats/dinghy\tpublic\tDinghy\nlamps/tower\tprivate\tTower\n'))
    expect(await run('project', 'list', '--mine')).toEqual(said('lamps/tower\tprivate\tTower\n'))
    expect(await run('project', 'list', '--search', 'hidden')).toEqual(said('There are no projects\n'))
    expect(await run('project', 'list', '--limit', '1')).toEqual(
      said('boats/dinghy\tpublic\tDinghy\n', '1 of 2: more with --limit\n'),
    )
    const rows = await commands.json<{ fullPath: string }[]>('project', 'list', '--search', 'ding')
    expect(rows).toMatchObject([{ fullPath: 'boats/dinghy', archived: false }])
  })

  test('group list and member list do the same', async () => {
    expect(await run('group', 'list')).toEqual(said('boats\tpublic\tBoats\nlamps\tprivate\tLamps\n'))
    expect(await run('group', 'list', '--mine')).toEqual(said('lamps\tprivate\tLamps\n'))
    expect(await run('member', 'list', '--project', 'lamps/tower')).toEqual(said('keeper\towner\n'))
    expect(await run('member', 'list', '--group', 'lamps')).toEqual(said('keeper\tmaintainer\n'))
    expect(await run('member', 'list', '--group', 'boats')).toEqual(said('There are no members that you may see\n'))
    expect(await run('member', 'list', '--project', 'boats/hidden')).toEqual({
      ...{ stdout: '', exitCode: 1 },
      stderr: "There is no project 'boats/hidden', or the credential may not read it\n",
    })
  })

  test('user list prints accounts, the newest first', async () => {
    expect((await run('user', 'list')).stdout).toMatch(/^keeper\tKeeper\nroot-of-tests\t/)
    expect(await run('user', 'list', '--search', 'KEEP')).toEqual(said('keeper\tKeeper\n'))
  })
})
