import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { isOldPath } from '../../modules/projects/find-project.ts'
import { projectUrl } from '../../modules/projects/project-url.ts'
import { LENGTH_DIGITS, PROGRESS, packet, REPORT } from './packets.ts'

/** What a client is told that asks under an old path. Null when the path is the present one. */
export const movedNotice = (context: Context, project: Project, askedPath: string): string | null =>
  isOldPath(project, askedPath)
    ? `Project '${askedPath}' was moved to '${project.fullPath}'.\n\nPlease update your Git remote:\n\n` +
      `  git remote set-url origin ${projectUrl(context, project)}.git\n\n`
    : null

/** The packets that come before the channels are acknowledgements, sections and shallow commits, and few clients have many. */
const MAX_SOUGHT_BYTES = 1024 ** 2

/** The place of the first packet that has a channel. Null when more has to be read; -1 when there is no such packet. */
function firstOnChannel(read: Buffer): number | null {
  for (let at = 0; ; ) {
    if (read.length <= at + LENGTH_DIGITS) return null
    const digits = read.toString('latin1', at, at + LENGTH_DIGITS)
    if (!/^[0-9a-f]{4}$/.test(digits)) return -1
    const length = Number.parseInt(digits, 16)
    const channel = String.fromCharCode(read[at + LENGTH_DIGITS] ?? 0)
    if (length > LENGTH_DIGITS && (channel === REPORT || channel === PROGRESS)) return at
    // Packets that only separate others have a length of 0 to 2.
    at += Math.max(length, LENGTH_DIGITS)
    if (at > MAX_SOUGHT_BYTES) return -1
  }
}

/**
 * Adds a notice to git's own answer, before the first packet on a channel. An answer without channels, such as a list of refs, has
 * no place for words and stays as it is.
 */
export async function* withNotice(body: AsyncIterable<Buffer>, notice: string): AsyncGenerator<Buffer> {
  let read: Buffer | null = Buffer.alloc(0)
  for await (const chunk of body) {
    if (read === null) {
      yield chunk
      continue
    }
    read = Buffer.concat([read, chunk])
    const at = firstOnChannel(read)
    if (at === null) continue
    yield at < 0 ? read : Buffer.concat([read.subarray(0, at), packet(notice, PROGRESS), read.subarray(at)])
    read = null
  }
  if (read !== null) yield read
}
