import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { runGit, runGitOrNull } from './git.ts'

export type Branch = { name: string; sha: string }

const HEADS = 'refs/heads/'

export async function listBranches(repository: string): Promise<Branch[]> {
  const output = await runGit(repository, ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', HEADS])
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }))
}

/** The branch in the file HEAD. Null when the file says something else: reftables keep HEAD elsewhere. */
async function branchInHead(repository: string): Promise<string | null> {
  const text = await readFile(path.join(repository, 'HEAD'), 'utf8').catch(() => '')
  return /^ref: refs\/heads\/(?!\.invalid$)(.+)$/m.exec(text)?.[1] ?? null
}

/**
 * The branch that HEAD names, which need not exist yet; null when HEAD names a commit. Git is asked only if the file does not tell,
 * because a list of projects asks for a hundred branches.
 */
export async function findDefaultBranch(repository: string): Promise<string | null> {
  const named = await branchInHead(repository)
  if (named !== null) return named
  const ref = (await runGitOrNull(repository, ['symbolic-ref', '--quiet', 'HEAD']))?.trimEnd()
  return ref?.startsWith(HEADS) ? ref.slice(HEADS.length) : null
}
