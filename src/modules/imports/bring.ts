import { createHash } from 'node:crypto'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import { assertWithinLimits } from '../../foundation/input-limits.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type ImportProgress, leave, type Outcome, type Subject } from './import-progress.ts'

/** An import while it runs. */
export type Run = {
  project: Project
  /** The source, by which its records are known. */
  sourceName: string
  progress: ImportProgress
  /** Shows the progress. */
  tell: () => Promise<void>
  /** The context with the roles that the viewer has now. */
  renew: () => Promise<Context>
  signal?: AbortSignal | undefined
}

export type Bring<Row> = {
  subject: Subject
  pages: AsyncIterable<Row[]>
  /** What the source calls the row. */
  keyOf: (row: Row) => string
  /** Writes a row that is new, or has changed at the source. `isKnown`: an earlier import has brought it. */
  write: (context: Context, row: Row, isKnown: boolean) => Promise<Outcome>
}

const sha256 = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')

const inWords = (subject: Subject) => subject.replace('_', ' ')

/** A later attempt may succeed, so the import ends instead of leaving out all that follows. */
const endsImport = (error: unknown) =>
  !(error instanceof AppError) || ['UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED'].includes(error.code)

function assertStorable(row: object): void {
  assertWithinLimits(row)
  if (JSON.stringify(row).includes('\\u0000')) throw new AppError('INVALID', 'it has a NUL byte in a text')
}

/**
 * Writes what has changed since the last import. The record comes after the write. When the process dies in between, the next
 * import finds the row as the source has it, and only records it.
 */
export async function bring<Row extends object>(run: Run, { subject, pages, keyOf, write }: Bring<Row>): Promise<void> {
  const { project, progress, signal } = run
  const projectId = project.id
  for await (const rows of pages) {
    const context = await run.renew()
    const known = await recordsOf(run, subject, rows.map(keyOf))
    for (const row of rows) {
      signal?.throwIfAborted()
      const [key, digest] = [recordKey(run, subject, keyOf(row)), sha256(row)]
      const record = known.get(key)
      if (record === digest) {
        progress.counts[subject].unchanged += 1
        continue
      }
      const left = progress.leftCount
      try {
        assertStorable(row)
        progress.counts[subject][await write(context, row, record !== undefined)] += 1
        // The next import tries again what was left out of the row.
        if (progress.leftCount > left) continue
        const where = { projectId_key: { projectId, key } }
        await db.importedRecord.upsert({ where, create: { projectId, key, digest }, update: { digest } })
      } catch (error) {
        if (endsImport(error)) throw error
        leave(progress, `The ${inWords(subject)} ${keyOf(row)}`, (error as AppError).message)
      }
      await run.tell()
    }
  }
}

const recordKey = ({ sourceName }: Run, subject: Subject, key: string) => sha256([sourceName, subject, key])

async function recordsOf(run: Run, subject: Subject, keys: readonly string[]): Promise<Map<string, string>> {
  const sought = keys.map((key) => recordKey(run, subject, key))
  const found = await db.importedRecord.findMany({ where: { projectId: run.project.id, key: { in: sought } } })
  return new Map(found.map(({ key, digest }) => [key, digest]))
}
