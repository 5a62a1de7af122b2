import { z } from 'zod'
import { db } from '../../database/db.ts'
import { isOver, type Subject } from '../../modules/deletions/deletion-rows.ts'
import { removeGroup } from '../../modules/deletions/remove-group.ts'
import { type Places, removeProject } from '../../modules/deletions/remove-project.ts'
import type { TaskParts } from '../tasks.ts'

const ProjectPayload = z.object({ projectId: z.int() })
const GroupPayload = z.object({ groupId: z.int() })

/** Removes what can no longer be restored. What was restored, or deleted anew, stays. */
async function remove(subject: Subject, { log, ...parts }: TaskParts, run: (places: Places) => Promise<void>) {
  if (!(await db.$transaction((tx) => isOver(tx, subject)))) return
  await run(parts)
  log.info(subject, 'removed what was deleted')
}

export async function removeProjectTask(payload: unknown, parts: TaskParts): Promise<void> {
  const subject = ProjectPayload.parse(payload)
  await remove(subject, parts, (places) => removeProject(subject.projectId, places))
}

export async function removeGroupTask(payload: unknown, parts: TaskParts): Promise<void> {
  const subject = GroupPayload.parse(payload)
  await remove(subject, parts, (places) => removeGroup(subject.groupId, places))
}
