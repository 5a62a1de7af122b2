import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { TestApp } from '../../support/app.ts'
import { temporaryDirectory } from '../../support/git.ts'
import type { World } from '../../support/world.ts'

export type GitResult = { code: number; stdout: string; stderr: string }

/** The git of a person: no helper that asks for a password, and no configuration of this machine. */
const environment = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
})

export function git(cwd: string, ...args: string[]): Promise<GitResult> {
  return new Promise((resolve) => {
    execFile('git', args, { cwd, env: environment(cwd), maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

/** The address of the project for git, with the token as the password, as in a pipeline. */
export function remoteOf(app: TestApp, { project }: World, token: string | null): string {
  const url = new URL(`${app.url}/${project.fullPath}.git`)
  if (token) Object.assign(url, { username: 'whoever', password: token })
  return url.href
}

export type Clone = { dir: string; run: (...args: string[]) => Promise<GitResult> }

/** Clones, and fails the test when that is impossible. */
export async function clone(remote: string, ...options: string[]): Promise<Clone> {
  const dir = path.join(await temporaryDirectory(), 'clone')
  const result = await git(path.dirname(dir), 'clone', '--quiet', ...options, remote, dir)
  if (result.code !== 0) throw new Error(`git clone failed: ${result.stderr}`)
  return { dir, run: (...args) => git(dir, ...args) }
}

export async function commit({ dir, run }: Clone, content: string | Uint8Array = 'x', name = 'new.txt') {
  await writeFile(path.join(dir, name), content)
  await run('add', '.')
  await run('commit', '--quiet', '-m', `Add ${name}`)
  return (await run('rev-parse', 'HEAD')).stdout.trim()
}
