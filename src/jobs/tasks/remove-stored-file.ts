import { z } from 'zod'
import { removeUnowned } from '../../modules/stored-files/stored-file.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ key: z.string() })

/** Removes the file of a package or upload that was deleted, replaced or never completed. */
export async function removeStoredFileTask(payload: unknown, { storage }: TaskParts): Promise<void> {
  await removeUnowned(storage, Payload.parse(payload).key)
}
