import { z } from 'zod'
import { removeUnowned } from '../../modules/stored-files/stored-file.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ key: z.string() })

/** A file of a package, or an upload, that was deleted or replaced, or whose upload was never finished. */
export async function removeStoredFileTask(payload: unknown, { storage }: TaskParts): Promise<void> {
  await removeUnowned(storage, Payload.parse(payload).key)
}
