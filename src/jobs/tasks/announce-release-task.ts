import { z } from 'zod'
import { announceRelease } from '../../modules/announcements/announce-release.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ releaseId: z.int(), wasUpcoming: z.boolean() })

export async function announceReleaseTask(payload: unknown, { log }: TaskParts): Promise<void> {
  const announcement = Payload.parse(payload)
  const announced = (await announceRelease(announcement)) !== null
  log.info(announcement, announced ? 'announced a release' : 'there is no release to announce')
}
