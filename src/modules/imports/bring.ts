import { createHash } from 'node:crypto'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import { assertWithinLimits } from '../../foundation/input-limits.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type ImportProgress, leave, type Outcome, type Subject } from './import-progress.ts'

/** What the project is called at the source. */
export type SourceNames = {
  id: number
  /** As it was asked for, and as the source spells it. */
  paths: string[]
  /** By which its records are known: by the number, which stays when the project is renamed. */
  key: string
  /** By which earlier versions have kept the records. They count, too. */
  formerKeys: string[]
}

/** An import while it runs. */
export type Run = {
  project: Project
  source: SourceNames
  progress: ImportProgress
  /** Shows the progress. */
  tell: () => Promise<void>
  /** The context with the roles that the viewer has now. */
  renew: () => Promise<Context>
  signal?: AbortSignal | undefined
}

export type Bring<Row> = {
  subject: Subject
  pages: AsyncIterable<Row[]> | Iterable<Row[]>
  /** What the source calls the row. */
  keyOf: (row: Row) => string
  /** The row as earlier versions have recorded it, if they had another form of it. */
  formerly?: (row: Row) => object[]
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

/** Whether an earlier import has brought the row, or this one. */
export const isRecorded = async ({ project, source }: Run, subject: Subject, key: string): Promise<boolean> =>
  (await db.importedRecord.count({ where: { projectId: project.id, key: sha256([source.key, subject, key]) } })) > 0

/** `present`: the digest of a record by the present key. `digest`: of that, or else of a record of an earlier version. */
type Kept = { present?: string | undefined; digest?: string | undefined }

async function recordsOf({ project, source }: Run, subject: Subject, keys: readonly string[]) {
  const named = (key: string) => [source.key, ...source.formerKeys].map((name) => sha256([name, subject, key]))
  const where = { projectId: project.id, key: { in: keys.flatMap(named) } }
  const found = await db.importedRecord.findMany({ where })
  const digests = new Map(found.map(({ key, digest }) => [key, digest]))
  return (key: string): Kept => {
    const [present, ...former] = named(key).map((one) => digests.get(one))
    return { present, digest: present ?? former.find((one) => one !== undefined) }
  }
}

async function keepRecord(
  { project, source }: Run,
  subject: Subject,
  { name, digest }: Record<'name' | 'digest', string>,
) {
  const [projectId, key] = [project.id, sha256([source.key, subject, name])]
  const where = { projectId_key: { projectId, key } }
  await db.importedRecord.upsert({ where, create: { projectId, key, digest }, update: { digest } })
}

async function bringRow<Row extends object>(run: Run, context: Context, row: Row, how: Bring<Row> & { kept: Kept }) {
  const { subject, keyOf, formerly, write, kept } = how
  const { progress } = run
  const record = { name: keyOf(row), digest: sha256(row) }
  const isUnchanged = kept.digest === record.digest || formerly?.(row).some((form) => sha256(form) === kept.digest)
  if (isUnchanged) {
    progress.counts[subject].unchanged += 1
    if (kept.present !== record.digest) await keepRecord(run, subject, record)
    return
  }
  const left = progress.leftCount
  try {
    assertStorable(row)
    progress.counts[subject][await write(context, row, kept.digest !== undefined)] += 1
    // The next import tries again what was left out of the row.
    if (progress.leftCount > left) return
    await keepRecord(run, subject, record)
  } catch (error) {
    if (endsImport(error)) throw error
    leave(progress, `The ${inWords(subject)} ${record.name}`, (error as AppError).message)
  }
  await run.tell()
}

/**
 * Writes what has changed since the last import. The record comes after the write. When the process dies in between, the next
 * import finds the row as the source has it, and only records it.
 */
export async function bring<Row extends object>(run: Run, how: Bring<Row>): Promise<void> {
  for await (const rows of how.pages) {
    const context = await run.renew()
    const keptOf = await recordsOf(run, how.subject, rows.map(how.keyOf))
    for (const row of rows) {
      run.signal?.throwIfAborted()
      await bringRow(run, context, row, { ...how, kept: keptOf(how.keyOf(row)) })
    }
  }
}
