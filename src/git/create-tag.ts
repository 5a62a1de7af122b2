import { GitError, runGit } from './git.ts'
import { writeRef } from './write-ref.ts'

export type TagCreate = {
  name: string
  /** Full object name of the commit. */
  sha: string
  /** Makes the tag annotated; null: lightweight. */
  message: string | null
  tagger: { name: string; email: string }
}

/** Git ends a name or an address at these. */
const clean = (text: string) => text.replace(/[<>\n\0]/g, '').trim()

function tagObject({ name, sha, message, tagger }: TagCreate, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const identity = `${clean(tagger.name)} <${clean(tagger.email)}> ${seconds} +0000`
  return `object ${sha}\ntype commit\ntag ${name}\ntagger ${identity}\n\n${message}\n`
}

/** `inTheWay`: another tag, as `a` is for `a/b` and the other way round: git keeps them as a file and a folder of one name. */
export type TagOutcome = 'created' | 'exists' | { inTheWay: string }

/** No name of a ref holds a blank or a colon. */
const IN_THE_WAY = /'refs\/tags\/([^ :]+)' exists; cannot create /

/** Makes a tag that does not exist; git checks that under the lock of the ref, so of several who try one succeeds. */
export async function createTag(repository: string, tag: TagCreate, now = new Date()): Promise<TagOutcome> {
  const input = tagObject(tag, now)
  const object = tag.message === null ? tag.sha : (await runGit(repository, ['mktag'], { input })).trim()
  const ref = `refs/tags/${tag.name}`
  // The old value of zeros stands for: there is none.
  const zeros = '0'.repeat(object.length)
  try {
    await writeRef(repository, ['--end-of-options', ref, object, zeros])
    return 'created'
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const [, inTheWay] = IN_THE_WAY.exec(error.stderr) ?? []
    if (inTheWay !== undefined) return { inTheWay }
    if (/reference already exists/.test(error.stderr)) return 'exists'
    throw error
  }
}
