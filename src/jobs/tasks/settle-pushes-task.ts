import { db } from '../../database/db.ts'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import { forgetPushes, settlePushes } from '../../modules/pushes/pending-pushes.ts'
import type { TaskParts } from '../tasks.ts'

/** How many projects are looked at. Others come a minute later. */
const MANY = 1_000

/** Records what git has made of pushes whose process was killed before it could record it. */
export async function settlePushesTask(_payload: unknown, { log, repositoriesDir, signal }: TaskParts): Promise<void> {
  const where = { pendingPushes: { some: {} } }
  const projects = await db.project.findMany({ where, select: { id: true, fullPath: true }, take: MANY })
  for (const project of projects) {
    signal.throwIfAborted()
    await settlePushes(project, repositoryDirectory(repositoriesDir, project.id)).catch((error) =>
      log.warn({ err: error, projectId: project.id }, 'pushes cannot be compared with their repository'),
    )
  }
  await forgetPushes()
}
