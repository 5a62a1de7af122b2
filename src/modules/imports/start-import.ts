import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { enqueue } from '../../database/job-queue.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { ProjectImport } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { addressesOf } from '../../outgoing/reachable.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { newProgress } from './import-progress.ts'
import { parseSourceAddress, type SourceAddress } from './sources/open-source.ts'

export type ImportStart = SourceAddress & { projectPath: string }

/** An import that nobody has seen at work for this long has lost its job, and may be started again. */
const LOST_MS = 60 * 60_000
/** Longer than an import waits for others that are at work. */
const LONGEST_HOURS = 24
/** Imports that run at a time in all processes, because each may wait for its source for long. */
const QUEUES = 4

/** Notes what is to be imported, for a job that does it. The token is stored until the import has ended. */
export const startImport = once(async (context: Context, input: ImportStart): Promise<ProjectImport> => {
  const { projectPath, path: sourcePath, kind, token } = input
  const project = await getProjectFor(context, 'project:import', projectPath)
  const { user, credential } = context.viewer
  if (!user || !credential) throw notFoundOrForbidden()
  const from = parseSourceAddress(input)
  // The job checks it again whenever it connects, because a name may lead elsewhere by then.
  await addressesOf(from, context.mayReach)
  const url = from.href
  const now = databaseNow()
  const source = { userId: user.id, credential, url, sourcePath, kind, token }
  const values = {
    ...source,
    state: 'waiting',
    progress: newProgress(),
    error: null,
    startedAt: now,
    seenAt: now,
  } as const
  return transact(context, async (tx) => {
    const projectId = project.id
    const { count } = await tx.projectImport.createMany({ data: { projectId, ...values }, skipDuplicates: true })
    const ended = {
      OR: [{ state: { in: ['finished', 'failed'] } }, { seenAt: { lt: new Date(now.getTime() - LOST_MS) } }],
    }
    const [again] =
      count === 1
        ? [await tx.projectImport.findUniqueOrThrow({ where: { projectId } })]
        : await tx.projectImport.updateManyAndReturn({
            where: { projectId, ...(ended as object) },
            data: { ...values, finishedAt: null },
          })
    if (!again) throw new RuleViolation('CONFLICT', 'An import into the project is running')
    await recordAuditEvent(tx, context, {
      type: 'project_import_started',
      scope: { projectId },
      target: { type: 'Project', id: projectId, details: project.fullPath },
      message: `Started the import of ${sourcePath} from ${url}`,
    })
    await enqueue(
      tx,
      'import-project',
      { projectId },
      { key: `import ${projectId}`, queue: `imports ${projectId % QUEUES}` },
    )
    return again
  })
})

/** Ends imports that have lost their jobs, because the tokens of imports do not stay. */
export const endLostImports = (): Promise<number> => db.$executeRaw`
  UPDATE /* imports.endLost */ project_imports
  SET token = NULL, state = 'failed', error = 'Nobody has done it: start it again', finished_at = now()
  WHERE state IN ('waiting', 'running') AND seen_at < now() - make_interval(hours => ${LONGEST_HOURS}::int)`
