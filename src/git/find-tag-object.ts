import { runGit } from './git.ts'
import { isValidTagName } from './ref-names.ts'

/** The ID of the object that the tag names, which may be of any type; null without the tag. */
export async function findTagObject(repository: string, name: string): Promise<string | null> {
  if (!isValidTagName(name)) return null
  const ref = `refs/tags/${name}`
  // The pattern also matches refs below the path, but git has no such refs when the ref itself exists.
  const args = ['for-each-ref', '--count=1', '--format=%(objectname) %(refname)', '--end-of-options', ref]
  const [id = '', found] = (await runGit(repository, args)).trimEnd().split(' ')
  return found === ref ? id : null
}
