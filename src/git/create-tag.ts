import { GitError, runGit } from './git.ts'
import { writeRef } from './write-ref.ts'

export type TagCreate = {
  name: string
  /** The full ID of the commit. */
  sha: string
  /** A tag with a message is annotated; null makes a lightweight tag. */
  message: string | null
  tagger: Author
}

export type Author = { name: string; email: string }

/** Removes the characters that end a name or an address in git. */
const clean = (text: string) => text.replace(/[<>\n\0]/g, '').trim()

/** Who wrote an object and when, as a header of the object says it. */
export const identityLine = ({ name, email }: Author, now: Date): string =>
  `${clean(name)} <${clean(email)}> ${Math.floor(now.getTime() / 1000)} +0000`

const tagObject = ({ name, sha, message, tagger }: TagCreate, now: Date): string =>
  `object ${sha}\ntype commit\ntag ${name}\ntagger ${identityLine(tagger, now)}\n\n${message}\n`

/** `inTheWay`: a tag that excludes the new tag. Tags `a` and `a/b` exclude each other: git would need a file and a folder `a`. */
export type TagOutcome = 'created' | 'exists' | { inTheWay: string }

/** The name of a ref contains no space and no colon. */
const IN_THE_WAY = /'refs\/tags\/([^ :]+)' exists; cannot create /

/** Creates a new tag. Git checks under the lock of the ref that the tag is new, so only one of several requests succeeds. */
export async function createTag(repository: string, tag: TagCreate, now = new Date()): Promise<TagOutcome> {
  const input = tagObject(tag, now)
  const object = tag.message === null ? tag.sha : (await runGit(repository, ['mktag'], { input })).trim()
  const ref = `refs/tags/${tag.name}`
  // An old value of zeros means that the ref must not exist.
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
