import { runGit } from './git.ts'
import { isValidTagName } from './ref-names.ts'
import { writeRef } from './write-ref.ts'

/** The id that the tag names, which may be that of anything; null without the tag. */
export async function findTagObject(repository: string, name: string): Promise<string | null> {
  if (!isValidTagName(name)) return null
  const ref = `refs/tags/${name}`
  // The pattern also finds what lies below it; where the ref exists it is the only one.
  const args = ['for-each-ref', '--count=1', '--format=%(objectname) %(refname)', '--end-of-options', ref]
  const [id = '', found] = (await runGit(repository, args)).trimEnd().split(' ')
  return found === ref ? id : null
}

/** Fails with a GitError where it names something else by now. */
export async function deleteTagRef(repository: string, name: string, object: string): Promise<void> {
  await writeRef(repository, ['-d', '--end-of-options', `refs/tags/${name}`, object])
}
