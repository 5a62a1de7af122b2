import { runGit } from '../../src/git/git.ts'

type Written = { message: string; author?: string; files?: Record<string, string>; merge?: string }

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`

/** Adds commits to a branch of a bare repository. A new branch begins at `from`, or without history. The last ID is returned. */
export async function addCommits(
  dir: string,
  branch: string,
  commits: readonly Written[],
  from?: string,
): Promise<string> {
  const ref = `refs/heads/${branch}`
  const exists = (await runGit(dir, ['for-each-ref', ref])) !== ''
  const first = exists ? `${ref}^0` : from
  const stream = commits.map(({ message, author = 'Ada Example <ada@example.com>', files = {}, merge }, at) => {
    const parents = `${at === 0 && first ? `from ${first}\n` : ''}${merge ? `merge ${merge}\n` : ''}`
    const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`)
    const people = `author ${author} ${1_710_000_000 + at} +0000\ncommitter ${author} ${1_710_000_000 + at} +0000\n`
    return `commit ${ref}\n${people}${data(message)}${parents}${changes.join('')}\n`
  })
  const args = ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--done']
  await runGit(dir, args, { input: `${stream.join('')}done\n` })
  return (await runGit(dir, ['rev-parse', ref])).trim()
}
