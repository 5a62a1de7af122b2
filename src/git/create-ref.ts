import { GitError } from './git.ts'
import { writeRef } from './write-ref.ts'

/** `inTheWay`: a ref that excludes the new one. Refs `a` and `a/b` exclude each other: git would need a file and a folder `a`. */
export type RefOutcome = 'created' | 'exists' | { inTheWay: string }

/** The name of a ref contains no space and no colon. */
const IN_THE_WAY = /'refs\/[a-z]+\/([^ :]+)' exists; cannot create /

/** Git checks under the lock of the ref that the ref is new, so only one of several requests succeeds. */
export async function createRef(repository: string, ref: string, object: string): Promise<RefOutcome> {
  try {
    // An old value of zeros means that the ref must not exist.
    await writeRef(repository, ['--end-of-options', ref, object, '0'.repeat(object.length)])
    return 'created'
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const [, inTheWay] = IN_THE_WAY.exec(error.stderr) ?? []
    if (inTheWay !== undefined) return { inTheWay }
    if (/reference already exists/.test(error.stderr)) return 'exists'
    throw error
  }
}

export type RefDeletion = 'deleted' | 'gone' | 'moved'

/** Git checks under the lock of the ref that it still names the object. Somebody else may have deleted or changed it just before. */
export async function deleteRef(repository: string, ref: string, object: string): Promise<RefDeletion> {
  try {
    await writeRef(repository, ['-d', '--end-of-options', ref, object])
    return 'deleted'
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    // A broken ref is not gone, and git says so after the name.
    if (/unable to resolve reference '[^']*'$|reference is missing/m.test(error.stderr)) return 'gone'
    if (/but expected/.test(error.stderr)) return 'moved'
    throw error
  }
}
