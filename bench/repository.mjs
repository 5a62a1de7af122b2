// Builds the git repositories: a commit and tag for each release, and tags without a release. A smaller repository has the first
// commits of a larger one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

/** The tag of the release with the number, as in world.sql. */
export const versionTag = (n) => `v${Math.trunc(n / 1000)}.${Math.trunc(n / 10) % 100}.${n % 10}`

/** A tag without a release, for the releases that are created during the measurement. */
export const unusedTag = (n) => `next-${String(n).padStart(6, '0')}`

/** The number of such tags in each project except the big one. */
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

/** Writes git's file of packed refs, because fast-import would write each ref into a file of its own. */
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

/** Returns the shas of the commits in the order of the releases. */
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
