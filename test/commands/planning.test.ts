import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { useCommands } from './run-command.ts'

const commands = useCommands()
let dataDir = ''

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waybill-commands-'))
  vi.stubEnv('DATA_DIR', dataDir)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const failure = (message: string) => ({ stdout: '', stderr: `${message}\n`, exitCode: 1 })

describe('the milestone and issue commands', () => {
  test('milestone creates, changes, closes and reopens milestones of projects and groups', async () => {
    await commands.run('project', 'create', 'goals/app')
    const where = ['--project', 'goals/app']
    expect(
      await commands.json('milestone', 'create', '1.0', ...where, '--start', '2026-01-01', '--due', '2026-02-01'),
    ).toMatchObject({ title: '1.0', state: 'active', dueDate: '2026-02-01' })
    expect(await commands.json('milestone', 'update', '1.0', ...where, '--title', '1.1', '--no-due')).toMatchObject({
      title: '1.1',
      startDate: '2026-01-01',
      dueDate: null,
    })
    expect((await commands.run('milestone', 'close', '1.1', ...where)).stdout).toBe('Milestone 1.1 is closed\n')
    expect((await commands.run('milestone', 'reopen', '1.1', ...where)).stdout).toBe('Milestone 1.1 is active\n')
    expect(await commands.json('milestone', 'create', 'Shared', '--group', 'goals')).toMatchObject({ iid: 1 })
    expect(await commands.run('milestone', 'close', '9', ...where)).toEqual(failure("There is no milestone '9'"))
    expect((await commands.run('milestone', 'delete', '1.1', ...where)).stdout).toBe('Deleted milestone 1.1\n')
    expect(await commands.run('milestone', 'delete', '1.1', ...where)).toEqual(failure("There is no milestone '1.1'"))
    expect(await commands.run('milestone', 'create', 'x')).toEqual({
      ...failure('Of which project or group? Give --project or --group'),
      exitCode: 2,
    })
  })

  test('issue creates, moves, hides, closes and reopens issues', async () => {
    await commands.run('project', 'create', 'work/app')
    const where = ['--project', 'work/app']
    await commands.run('milestone', 'create', 'A', ...where)
    await commands.run('milestone', 'create', 'B', '--group', 'work')
    const made = await commands.json('issue', 'create', 'Do it', ...where, '--milestone', 'A', '--due', '2026-03-01')
    expect(made).toMatchObject({ iid: 1, state: 'opened', confidential: false, dueDate: '2026-03-01' })
    await commands.run('issue', 'close', '1', ...where)
    const moved = await commands.json('issue', 'update', '1', ...where, '--milestone', 'B', '--confidential')
    expect(moved).toMatchObject({ state: 'closed', confidential: true })
    const milestones = await commands.read((db) => db.milestone.findMany({ where: { title: { in: ['A', 'B'] } } }))
    expect(
      milestones.map(({ title, issuesCount, closedIssuesCount }) => [title, issuesCount, closedIssuesCount]),
    ).toEqual([
      ['A', 0, 0],
      ['B', 1, 1],
    ])
    expect((await commands.run('issue', 'reopen', '1', ...where)).stdout).toBe('Issue #1 of work/app is opened\n')
    const cleared = await commands.json(
      'issue',
      'update',
      '1',
      ...where,
      '--no-milestone',
      '--no-confidential',
      '--no-due',
    )
    expect(cleared).toMatchObject({ milestoneId: null, confidential: false, dueDate: null })
    expect(await commands.run('issue', 'update', '1', ...where, '--milestone', 'C')).toEqual(
      failure('Milestone(s) not found: C\nMake it first: `waybill milestone create`.'),
    )
    expect((await commands.run('issue', 'delete', '1', ...where)).stdout).toBe('Deleted issue #1 of work/app\n')
    expect(await commands.read((db) => db.issue.count())).toBe(0)
  })
})
