// The git repositories: one commit and tag per release, and tags that wait for a release. Those of fewer releases have the first
// commits of the larger ones.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

/** The tag of the release of that number, as world.sql has it. */
export const versionTag = (n) => `v${Math.trunc(n / 1000)}.${Math.trunc(n / 10) % 100}.${n % 10}`

/** A tag without a release, for those that are created while time is taken. */
export const unusedTag = (n) => `next-${String(n).padStart(6, '0')}`

/** So many in each of the projects but the big one. */
export const UNUSED_EACH = 50

const START = 1_717_200_000
const person = (n) => `Ada Example <ada@example.com> ${START + 60 * n} +0000\n`
const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`

function* stream(releases) {
  for (let n = 1; n <= releases; n++) {
    const message = `Make step ${n} work\n\nIt did not before.\n`
    yield `commit refs/heads/main\nmark :${n}\nauthor ${person(n)}committer ${person(n)}${data(message)}`
    yield `M 100644 inline step.txt\n${data(`${n}\n`)}\n`
  }
  yield 'done\n'
}

/** The file in which git keeps refs by the million: written by fast-import each would be a file of its own. */
function packedTags(shas, unused) {
  const used = shas.map((sha, at) => `refs/tags/${versionTag(at + 1)} ${sha}`)
  const waiting = Array.from({ length: unused }, (_, at) => `refs/tags/${unusedTag(at + 1)} ${shas.at(-1)}`)
  const lines = [...used, ...waiting].sort().map((line) => line.split(' ').reverse().join(' '))
  return ['# pack-refs with: peeled fully-peeled sorted ', ...lines, ''].join('\n')
}

async function git(args, input = Readable.from([])) {
  const child = spawn('git', args, { stdio: ['pipe', 'ignore', 'inherit'] })
  input.pipe(child.stdin)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed`)
}

/** Returns the shas of the commits, the first release's first. */
export async function createRepository(directory, { releases, unused }) {
  mkdirSync(directory, { recursive: true })
  const marks = path.join(directory, 'bench.marks')
  const at = `--git-dir=${directory}`
  await git([at, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main'])
  await git([at, 'fast-import', '--quiet', '--done', `--export-marks=${marks}`], Readable.from(stream(releases)))
  const shas = []
  for (const [, n, sha] of readFileSync(marks, 'utf8').matchAll(/^:(\d+) (\w+)$/gm)) shas[Number(n) - 1] = sha
  writeFileSync(path.join(directory, 'packed-refs'), packedTags(shas, unused))
  return shas
}
