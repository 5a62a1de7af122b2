import { expect, test } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { createWorld } from '../support/world.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()

const failure = (message: string) => ({ stdout: '', stderr: `${message}\n`, exitCode: 1 })
const done = (line: string) => ({ stdout: `${line}\n`, stderr: '', exitCode: 0 })

async function useProject() {
  const { project, release } = await createWorld(commands.app, { project: { visibility: 'private' } })
  const refs = async () =>
    (await runGit(commands.app.repositories.directory(project.id), ['for-each-ref', '--format=%(refname:lstrip=1)']))
      .trim()
      .split('\n')
  return { where: ['--project', project.fullPath], project, sha: release.sha, refs }
}

test('tag creates and deletes tags, and branch creates branches', async () => {
  const { where, sha, refs } = await useProject()
  expect(await commands.json('branch', 'create', 'topic', ...where, '--ref', 'v1.0.0')).toMatchObject({
    name: 'topic',
    default: false,
    commit: { sha },
  })
  expect(await commands.run('branch', 'create', 'other', ...where, '--ref', 'topic')).toEqual(
    done(`Created the branch other at ${sha}`),
  )
  expect(await commands.json('tag', 'create', 'v2', ...where, '--ref', 'topic', '--message', 'Two')).toEqual({
    name: 'v2',
    message: 'Two',
    commit: { sha },
  })
  expect(await commands.run('tag', 'create', 'v3', ...where, '--ref', 'main')).toEqual(
    done(`Created the tag v3 at ${sha}`),
  )
  expect(await refs()).toEqual(['heads/main', 'heads/other', 'heads/topic', 'tags/v1.0.0', 'tags/v2', 'tags/v3'])
  expect(await commands.run('tag', 'delete', 'v2', ...where)).toEqual(done('Deleted the tag v2'))
  expect(await commands.json('tag', 'delete', 'v1.0.0', ...where)).toMatchObject({ name: 'v1.0.0', commit: { sha } })
  expect(await refs()).toEqual(['heads/main', 'heads/other', 'heads/topic', 'tags/v3'])
})

test('tag and branch tell in one line what is refused', async () => {
  const { where } = await useProject()
  expect(await commands.run('tag', 'create', 'v1.0.0', ...where, '--ref', 'main')).toEqual(
    failure('Tag v1.0.0 already exists'),
  )
  expect(await commands.run('tag', 'delete', 'none', ...where)).toEqual(failure('Tag does not exist'))
  expect(await commands.run('branch', 'create', 'main', ...where, '--ref', 'main')).toEqual(
    failure('Branch already exists'),
  )
  expect(await commands.run('branch', 'create', 'x', ...where)).toMatchObject({ stdout: '', exitCode: 2 })
})
