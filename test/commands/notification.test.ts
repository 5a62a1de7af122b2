import { expect, test, vi } from 'vitest'
import { createGroup, createProject, createUser, tokenFor } from '../support/factories.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()

const unset = { level: 'global', newRelease: null, ownActivity: false }

test('the setting of the account, of a group and of a project are shown and set apart from each other', async () => {
  const [project, group] = [await createProject(), await createGroup()]
  const places = [[], ['--group', group.fullPath], ['--project', project.fullPath]]
  const shown = async () => {
    const settings = []
    for (const place of places) settings.push(await commands.json('notification', 'show', ...place))
    return settings
  }
  const before = await shown()
  expect(before).toMatchObject([{ level: 'participating' }, { level: 'global' }, { level: 'global' }])
  const levels = ['mention', 'watch', 'disabled']
  for (const [at, place] of places.entries()) {
    const level = levels[at] ?? ''
    expect(await commands.run('notification', 'set', '--level', level, ...place)).toEqual({
      ...{ stdout: `${level}\n`, stderr: '', exitCode: 0 },
    })
  }
  expect(await shown()).toMatchObject(levels.map((level) => ({ level })))
})

test('the level custom says whether there are mails about new releases', async () => {
  const { fullPath } = await createProject()
  const set = async (...options: string[]) => {
    const { stdout } = await commands.run('notification', 'set', '--project', fullPath, ...options)
    return stdout
  }
  expect(await set('--level', 'custom', '--new-release')).toBe('custom, with new releases\n')
  expect(await set('--no-new-release')).toBe('custom, without new releases\n')
  const { stdout } = await commands.run('notification', 'show', '--project', fullPath)
  expect(stdout).toBe('custom, without new releases\n')
})

test('an account may want mails about its own releases, and no project has this choice', async () => {
  expect(await commands.json('notification', 'set', '--own-activity')).toMatchObject({ ownActivity: true })
  expect(await commands.json('notification', 'set', '--no-own-activity')).toMatchObject({ ownActivity: false })
  const { fullPath } = await createProject()
  const refused = await commands.run('notification', 'set', '--own-activity', '--project', fullPath)
  expect(refused).toMatchObject({ stdout: '', exitCode: 1 })
  expect(await commands.json('notification', 'show', '--project', fullPath)).toMatchObject(unset)
})

test('another level is refused, and so is a place that is hidden or missing, alike', async () => {
  const level = await commands.run('notification', 'set', '--level', 'loud')
  expect([level.exitCode, level.stderr]).toEqual([2, expect.stringContaining('Allowed choices are')])
  const token = await tokenFor(await createUser())
  const hidden = await createProject({ visibility: 'private' })
  const answers = []
  for (const path of [hidden.fullPath, 'no/such']) {
    answers.push(await commands.run('notification', 'set', '--level', 'watch', '--project', path, '--token', token))
  }
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]).toMatchObject({ stdout: '', exitCode: 1 })
})

test('nothing is shown and set without a token', async () => {
  vi.stubEnv('WAYBILL_TOKEN', '')
  for (const command of ['show', 'set']) {
    const ran = await commands.run('notification', command)
    expect([ran.stdout, ran.exitCode]).toEqual(['', 1])
  }
})
