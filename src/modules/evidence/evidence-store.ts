import pLimit from 'p-limit'
import { batchWrites } from '../../database/batching/batch-writes.ts'
import { shareStatements } from '../../database/batching/share-statements.ts'
import { db, type Tx } from '../../database/db.ts'
import { type Insertion, insertEvidences, type NewEvidence } from './insert-evidence.ts'
import { readSnapshotRows, type SnapshotRow } from './snapshot-rows.ts'

export type EvidenceStore = {
  /** Null when the release is gone. */
  read: (releaseId: number) => Promise<SnapshotRow | null>
  insert: (evidence: NewEvidence) => Promise<Insertion>
}

export const storeIn = (tx: Tx): EvidenceStore => ({
  read: async (releaseId) => (await readSnapshotRows(tx, [releaseId]))[0] ?? null,
  insert: async (evidence) => (await insertEvidences(tx, [evidence]))[0] ?? null,
})

/** Reads each release by itself when one of them makes the shared statement fail. */
async function readEach(ids: readonly number[]): Promise<(SnapshotRow | null | Error)[]> {
  const rows: (SnapshotRow | null | Error)[] = []
  for (const id of ids) rows.push(await readSnapshotRows(db, [id]).then(([row = null]) => row, toError))
  return rows
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

const readTogether = shareStatements<number, SnapshotRow | null>(
  (ids) => readSnapshotRows(db, ids).catch(() => readEach(ids)),
  (id) => id,
)

/** Insertions may wait for a change of a group or a project. Few run at once, so that most connections are left to requests. */
const fewAtOnce = pLimit(2)

// A release that somebody else has locked is skipped here and then tried by itself, which waits for it. So the releases that are
// locked here together cannot deadlock with releases that somebody else locks together.
const insertTogether = batchWrites<NewEvidence, Insertion>(
  (evidences) => fewAtOnce(() => insertEvidences(db, evidences, { waits: false })),
  { rowOf: ({ release }) => release.projectId, sizeOf: ({ summary }) => summary.length },
)

/** Collects together with everybody who collects at this moment, because all evidence of a project touches the project's row. */
export const sharedStore: EvidenceStore = {
  async read(releaseId) {
    const [row = null] = await readTogether([releaseId])
    if (row instanceof Error) throw row
    return row
  },
  // Null means that the release is locked or has changed. An insertion that waits for the lock finds out which.
  insert: async (evidence) => (await insertTogether(evidence)) ?? fewAtOnce(() => storeIn(db).insert(evidence)),
}
