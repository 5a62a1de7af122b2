import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { temporaryDirectory } from '../../support/git.ts'

const BZIP2 = 'bzip2'

/** The formats that this machine can make: bzip2 is a program of its own and may be missing. */
export const formats = (['zip', 'tar.gz', 'tar.bz2', 'tar'] as const).filter(
  (format) => format !== 'tar.bz2' || !spawnSync(BZIP2, ['--help']).error,
)

export const unbzip2 = (input: Buffer): Buffer => spawnSync(BZIP2, ['-dc'], { input, maxBuffer: 2 ** 30 }).stdout

export type Files = Record<string, string | Buffer>

/** Writes one commit with the files under the tag and on `main`, and returns its ID. */
export async function writeFiles(dir: string, tag: string, files: Files): Promise<string> {
  const parts: (string | Buffer)[] = ['commit refs/heads/main\nmark :1\ncommitter A <a@example.com> 1700000000 +0000\n']
  parts.push('data 1\nx\n')
  for (const [name, content] of Object.entries(files)) {
    parts.push(`M 100644 inline ${name}\ndata ${Buffer.byteLength(content)}\n`, content, '\n')
  }
  parts.push(`\nreset refs/tags/${tag}\nfrom :1\n\nget-mark :1\ndone\n`)
  const input = Buffer.concat(parts.map((part) => Buffer.from(part)))
  await initRepository(dir)
  const settings = ['-c', 'core.fsync=none', '-c', 'core.compression=0']
  return (await runGit(dir, [...settings, 'fast-import', '--quiet', '--done', '--force'], { input })).trim()
}

/** Bytes that any compressor needs a while for and cannot make smaller. */
export const noise = (mebibytes: number) => randomBytes(mebibytes * 1024 ** 2)

const text = (buffer: Buffer) => buffer.toString('utf8').replace(/\0.*$/s, '')

/** The names in a tar, in its order, without the header that holds the commit ID. */
export function namesInTar(tar: Buffer): string[] {
  const names: string[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(tar.subarray(at + 124, at + 136)), 8)
    if (String.fromCharCode(tar[at + 156] ?? 0) !== 'g') names.push(text(tar.subarray(at, at + 100)))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return names
}

/** The names in the directory at the end of a zip. */
export function namesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const names: string[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    names.push(zip.toString('utf8', at + 46, at + 46 + name))
    at += 46 + name + extra + comment
  }
  return names
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

/** Puts a script before git in the PATH, which writes down the process ID of each `archive` that is started. */
export async function watchArchives() {
  const dir = await temporaryDirectory()
  const list = join(dir, 'started')
  const path = process.env.PATH ?? ''
  const script = `#!/bin/sh\ncase " $* " in *" archive "*) echo $$ >> '${list}';; esac\nPATH='${path}' exec git "$@"\n`
  await writeFile(list, '')
  await writeFile(join(dir, 'git'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${dir}${delimiter}${path}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const started = () => readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number)
  return { started, alive: () => started().filter(isAlive) }
}

/** A client that reads the beginning of the answer and then nothing. */
export const beginToRead = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.on('error', () => {}).once('readable', () => resolve(response))
    }).on('error', reject)
  })

/** Makes git do nothing for a minute, or until it is ended, instead of making an archive. */
export async function stopArchives() {
  const dir = await temporaryDirectory()
  const path = process.env.PATH ?? ''
  const script = `#!/bin/sh\nPATH='${path}'\ncase " $* " in *" archive "*) exec sleep 60;; esac\nexec git "$@"\n`
  await writeFile(join(dir, 'git'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${dir}${delimiter}${path}`)
  onTestFinished(() => void vi.unstubAllEnvs())
}

type Entry = { mode: '040000' | '100644'; sha: string; name: string }

/** Objects that only a hostile push holds: trees that name the same things over and over. */
export function hostileObjects(dir: string) {
  const writeTree = async (entries: readonly Entry[]) => {
    const lines = entries.map(
      ({ mode, sha, name }) => `${mode} ${mode === '040000' ? 'tree' : 'blob'} ${sha}\t${name}\n`,
    )
    return (await runGit(dir, ['mktree'], { input: lines.join('') })).trim()
  }
  const numbered = (count: number, mode: Entry['mode'], sha: string) =>
    Array.from({ length: count }, (_, at) => ({ mode, sha, name: `${mode}-${at}` }))
  return {
    writeBlob: async (content: Buffer | string) =>
      (await runGit(dir, ['hash-object', '-w', '--stdin'], { input: content })).trim(),
    writeTree,
    /** A folder that holds the same file this many times. */
    manyFiles: (blob: string, count: number) => writeTree(numbered(count, '100644', blob)),
    /** A folder that holds the same folder this many times. */
    manyFolders: (tree: string, count: number) => writeTree(numbered(count, '040000', tree)),
    tag: async (name: string, tree: string, message = 'x') => {
      const people = {
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      }
      const commit = (await runGit(dir, ['commit-tree', tree], { input: message, env: people })).trim()
      await runGit(dir, ['update-ref', `refs/tags/${name}`, commit])
      return commit
    },
  }
}
