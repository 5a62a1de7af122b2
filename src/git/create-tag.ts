import { configVariables, DURABLE, runGit } from './git.ts'

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

/** The object that the tag is to name: the commit, or a new object of an annotated tag. No ref is changed yet. */
export async function writeTagObject(repository: string, tag: TagCreate, now = new Date()): Promise<string> {
  if (tag.message === null) return tag.sha
  return (await runGit(repository, ['mktag'], { input: tagObject(tag, now), env: configVariables(DURABLE) })).trim()
}
