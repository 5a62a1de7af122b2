import { z } from 'zod'
import { db } from '../../database/db.ts'
import { tidyRepository, verifyRepository } from '../../git/maintain-repository.ts'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ projectId: z.int() })

/** A repository is verified only once a week, because git reads each object. */
const VERIFIED_FOR_MS = 7 * 24 * 60 * 60_000

/** Tidies the repository of a project, and verifies it once a week. */
export async function keepRepositoryTask(payload: unknown, { log, repositoriesDir, signal }: TaskParts): Promise<void> {
  const { projectId } = Payload.parse(payload)
  if ((await db.project.count({ where: { id: projectId, deletedAt: null } })) === 0) return
  const directory = repositoryDirectory(repositoriesDir, projectId)
  const before = await db.repositoryCheck.findUnique({ where: { projectId } })
  const packed = await tidyRepository(directory, signal).catch((error) => {
    if (signal.aborted) throw error
    log.warn({ err: error, projectId }, 'a repository cannot be tidied')
    return false
  })
  if (packed) log.info({ projectId }, 'packed a repository')
  const now = new Date()
  const isVerified = before !== null && now.getTime() - before.verifiedAt.getTime() < VERIFIED_FOR_MS
  const found = isVerified
    ? { verifiedAt: before.verifiedAt, problem: before.problem }
    : { verifiedAt: now, problem: await verifyRepository(directory, signal) }
  if (found.problem !== null) log.error({ projectId, problem: found.problem }, 'a repository is damaged')
  const values = { keptAt: now, ...found }
  await db.repositoryCheck.upsert({ where: { projectId }, create: { projectId, ...values }, update: values })
}
