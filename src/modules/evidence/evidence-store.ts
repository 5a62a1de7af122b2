import { shareStatements } from '../../database/share-statements.ts'
import { writeTogether } from '../../database/write-together.ts'
import { db, type Tx } from '../../db.ts'
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

const readTogether = shareStatements(
  (ids: readonly number[]) => readSnapshotRows(db, ids),
  (id) => id,
)

// Whoever holds one of the releases makes only that one wait, which then is tried by itself: so those that are locked here
// together cannot deadlock with those that somebody else locks together.
const insertTogether = writeTogether<NewEvidence, Insertion>(
  (evidences) => insertEvidences(db, evidences, { waits: false }),
  ({ release }) => release.projectId,
)

/** Together with what else is collected at this moment: all evidence of a project touches the project. */
export const sharedStore: EvidenceStore = {
  async read(releaseId) {
    const [row = null] = await readTogether([releaseId])
    if (row instanceof Error) throw row
    return row
  },
  insert: async (evidence) => (await insertTogether(evidence)) ?? storeIn(db).insert(evidence),
}
