import pLimit from 'p-limit'
import { shareStatements } from '../../database/batching/share-statements.ts'
import { writeTogether } from '../../database/batching/write-together.ts'
import { db, type Tx } from '../../database/db.ts'
import { type Insertion, insertEvidences, type NewEvidence } from './insert-evidence.ts'
import { readSnapshotRows, type SnapshotRow } from './snapshot-rows.ts'

/** Where evidence is collected from, and where it goes. */
export type EvidenceStore = {
  /** Null when the release is gone. */
  read: (releaseId: number) => Promise<SnapshotRow | null>
  insert: (evidence: NewEvidence) => Promise<Insertion>
}

/** In a transaction. */
export const storeIn = (tx: Tx): EvidenceStore => ({
  read: async (releaseId) => (await readSnapshotRows(tx, [releaseId]))[0] ?? null,
  insert: async (evidence) => (await insertEvidences(tx, [evidence]))[0] ?? null,
})

/** One that fails with others is read by itself. */
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

/** They may wait for who changes groups and projects: of the connections most are left to requests. */
const fewAtOnce = pLimit(2)

// Whoever holds one of the releases makes only that one wait, which then is tried by itself: so those that are locked here
// together cannot deadlock with those that somebody else locks together.
const insertTogether = writeTogether<NewEvidence, Insertion>(
  (evidences) => fewAtOnce(() => insertEvidences(db, evidences, { waits: false })),
  { rowOf: ({ release }) => release.projectId, sizeOf: ({ summary }) => summary.length },
)

/** Together with what else is collected at this moment: all evidence of a project touches the project. */
export const sharedStore: EvidenceStore = {
  async read(releaseId) {
    const [row = null] = await readTogether([releaseId])
    if (row instanceof Error) throw row
    return row
  },
  // Null where the release was held, or has changed: only one that waits for it tells which.
  insert: async (evidence) => (await insertTogether(evidence)) ?? fewAtOnce(() => storeIn(db).insert(evidence)),
}
