import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

export type Ran = { code: number; output: string }

type Options = { cwd: string; env?: Record<string, string> }

/** The folder of all installed programs. */
export const installed = fileURLToPath(new URL('node_modules/', import.meta.url))
const MAX_OUTPUT = 16 * 1024 ** 2

/** The environment of a person: no configuration of this machine, and nobody who could be asked for a password. */
const environment = (cwd: string) => ({
  PATH: process.env.PATH,
  HOME: path.dirname(cwd),
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
})

export function run(program: string, args: readonly string[], { cwd, env = {} }: Options): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...environment(cwd), ...env }, maxBuffer: MAX_OUTPUT }
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      resolve({ code, output: stdout + stderr })
    })
  })
}

type Manifest = { bin: string | Record<string, string> }

async function binOf(name: string): Promise<string> {
  const folder = path.join(installed, name)
  const { bin } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest
  const [file = ''] = typeof bin === 'string' ? [bin] : Object.values(bin)
  return path.join(folder, file)
}

/** The program of a package in this folder. */
export const runPackage = async (name: string, args: readonly string[], options: Options, node = process.execPath) =>
  run(node, [await binOf(name), ...args], options)

const [MAJOR = 0] = process.versions.node.split('.').map(Number)

/** Node 24 for programs that need a newer Node than Waybill does. It comes as a package, like the programs. */
export const node24 = MAJOR >= 24 ? process.execPath : path.join(installed, `node-linux-${process.arch}`, 'bin', 'node')

export type Clone = {
  dir: string
  /** Fails the test when git fails. */
  git: (...args: string[]) => Promise<string>
  /** Commits the files, pushes the branch and returns the commit. */
  push: (message: string, files: Record<string, string>, branch?: string) => Promise<string>
}

/** The address of a repository with the token as the password. */
export function remoteOf(url: string, project: string, token: string | null, username = 'whoever'): string {
  const remote = new URL(`${url}/${project}.git`)
  if (token !== null) Object.assign(remote, { username, password: token })
  return remote.href
}

/** In a new folder, which is also the home of the program. */
export async function newFolder(): Promise<string> {
  const dir = path.join(await mkdtemp(path.join(inject('scratch'), 'program-')), 'work')
  await mkdir(dir)
  return dir
}

function workIn(dir: string): Clone {
  const git = async (...args: string[]) => {
    const { code, output } = await run('git', args, { cwd: dir })
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${output}`)
    return output.trim()
  }
  return {
    dir,
    git,
    push: async (message, files, branch = 'main') => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(dir, name)), { recursive: true })
        await writeFile(path.join(dir, name), content)
      }
      await git('add', '.')
      await git('commit', '--quiet', '--message', message)
      await git('push', '--quiet', '--set-upstream', 'origin', branch)
      return git('rev-parse', 'HEAD')
    },
  }
}

/** A new repository of the branch `main`, whose `origin` is the remote. */
export async function startRepository(remote: string): Promise<Clone> {
  const clone = workIn(await newFolder())
  await clone.git('init', '--quiet', '--initial-branch=main')
  await clone.git('remote', 'add', 'origin', remote)
  return clone
}

export async function cloneRepository(remote: string, branch = 'main'): Promise<Clone> {
  const clone = workIn(await newFolder())
  await clone.git('clone', '--quiet', '--branch', branch, remote, '.')
  return clone
}
