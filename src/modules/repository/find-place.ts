import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { shaOf } from './read-repository.ts'

/** A ref has at most so many segments, because each beginning of an address may be the ref. */
const MAX_SEGMENTS = 20

/** A commit by its ref, and the path of a folder or a file. */
export type Place = { project: Project; ref: string; sha: string; path: string }

/**
 * Splits an address into a ref and a path: the longest beginning that names a commit is the ref. An empty address is that of the default
 * branch. Starts no git for each beginning. Null when no beginning names a commit.
 */
export async function findPlace(context: Context, project: Project, address: string): Promise<Place | null> {
  const segments = address === '' ? [] : address.split('/')
  for (let end = Math.min(segments.length, MAX_SEGMENTS); end > 0; end--) {
    const ref = segments.slice(0, end).join('/')
    const sha = await shaOf(context, project, ref)
    if (sha !== null) return { project, ref, sha, path: segments.slice(end).join('/') }
  }
  const sha = segments.length === 0 ? await shaOf(context, project, 'HEAD') : null
  return sha === null ? null : { project, ref: 'HEAD', sha, path: '' }
}
