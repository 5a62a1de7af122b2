import { randomUUID } from 'node:crypto'
import { can } from '../../access/abilities.ts'
import { findViewerByUserId } from '../../authentication/load-viewer.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError, notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Log } from '../../foundation/log.ts'
import type { ProjectImport } from '../../generated/prisma/client.ts'
import type { Repositories } from '../../git/open-repositories.ts'
import type { Reachable } from '../../outgoing/reachable.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { findProjectById } from '../projects/find-project.ts'
import type { ImportProgress } from './import-progress.ts'
import { importProject } from './import-project.ts'

export type RunImportParts = {
  log: Log
  baseUrl: string
  storage: FileStorage
  repositories: Repositories
  mayReach: Reachable
  /** Aborted when the process stops. The import goes on when its job runs again. */
  signal: AbortSignal
}

const TELL_EVERY_MS = 1000
const LONGEST_MS = 12 * 60 * 60_000

/** The account may lose its role, or be blocked, while the import runs. */
async function contextOf(row: ProjectImport, parts: RunImportParts, requestId: string): Promise<Context> {
  const found = await findViewerByUserId(row.userId)
  if (!found) throw notFoundOrForbidden()
  const { log, baseUrl, repositories, mayReach } = parts
  const viewer = { ...found, credential: row.credential }
  const outside = { requestId, ipAddress: null, log, baseUrl, mayReach, tellsNobody: true as const }
  const context = { viewer, repositories, ...outside }
  const project = await findProjectById(context, row.projectId)
  if (!project || !can(viewer, 'project:import', project)) throw notFoundOrForbidden()
  return context
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  const isTooLong = error instanceof Error && error.name === 'TimeoutError'
  return isTooLong
    ? 'The import took too long: start it again to go on'
    : 'The import failed: the log of the server says why'
}

async function bringAlong(row: ProjectImport, projectPath: string, parts: RunImportParts): Promise<ImportProgress> {
  const { storage, mayReach } = parts
  const requestId = randomUUID()
  let told = 0
  const onProgress = async (progress: ImportProgress) => {
    if (Date.now() - told < TELL_EVERY_MS) return
    told = Date.now()
    await db.projectImport.updateMany({
      where: { projectId: row.projectId },
      data: { progress, seenAt: databaseNow() },
    })
  }
  const renew = () => contextOf(row, parts, requestId)
  await renew()
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(LONGEST_MS)])
  const source = { url: row.url, path: row.sourcePath, kind: row.kind, token: row.token }
  return importProject({ projectPath, source }, { storage, mayReach, renew, onProgress, signal })
}

/** Does the import that `startImport` has noted, from its beginning or from where an earlier attempt has ended. */
export async function runImport(projectId: number, parts: RunImportParts): Promise<void> {
  const row = await db.projectImport.findUnique({ where: { projectId }, include: { project: true } })
  if (!row || row.state === 'finished' || row.state === 'failed') return
  const where = { projectId }
  await db.projectImport.updateMany({ where, data: { state: 'running', seenAt: databaseNow() } })
  const end = { token: null, seenAt: databaseNow(), finishedAt: databaseNow() }
  try {
    const progress = await bringAlong(row, row.project.fullPath, parts)
    await db.projectImport.updateMany({
      where,
      data: { ...end, finishedAt: databaseNow(), state: 'finished', progress },
    })
  } catch (error) {
    if (parts.signal.aborted) throw error
    if (!(error instanceof AppError)) parts.log.error({ err: error, projectId }, 'an import failed')
    await db.projectImport.updateMany({
      where,
      data: { ...end, finishedAt: databaseNow(), state: 'failed', error: reasonOf(error) },
    })
  }
}
