import { z } from 'zod'
import { announceRelease } from '../../modules/announcements/announce-release.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ releaseId: z.int(), wasUpcoming: z.boolean() })

export async function announceReleaseTask(payload: unknown, { log, mails }: TaskParts): Promise<void> {
  const announcement = Payload.parse(payload)
  const announced = (await announceRelease(announcement, { sendsMails: mails !== null })) !== null
  log.info(announcement, announced ? 'announced a release' : 'there is no release to announce')
}
