import { db, type Tx } from '../../database/db.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { signDetached } from '../../signing/sign-detached.ts'
import { currentSigningKey } from '../../signing/signing-keys.ts'
import { artifactUrl } from '../report-artifacts/artifact-url.ts'
import type { ArtifactRow } from '../report-artifacts/evidence-artifacts.ts'
import { canonicalJson, digestOfText, EVIDENCE_TYPE, snapshotOf } from './evidence-snapshot.ts'
import { sharedStore, storeIn } from './evidence-store.ts'
import type { NewEvidence } from './insert-evidence.ts'
import type { SnapshotRow } from './snapshot-rows.ts'

type EvidenceOptions = {
  /** The date that evidence is collected for (`occasionOf`), once for each date. Null: by hand, as often as anyone likes. */
  occasion: string | null
  /** What the URLs of report artifacts begin with. The snapshot keeps these URLs. */
  baseUrl: string
  /** Whether evidence is wanted of the release as it was read; null when the release is gone. */
  isWanted?: (release: SnapshotRow | null) => boolean
}

/**
 * Takes and signs a snapshot of the release, in the caller's transaction or together with other collections. Null when the
 * release is gone or `isWanted` says no. If there is evidence for the occasion already, that is the result.
 */
export async function collectEvidence(
  client: Tx,
  releaseId: number,
  { occasion, baseUrl, isWanted = () => true }: EvidenceOptions,
): Promise<Evidence | null> {
  const store = client === db ? sharedStore : storeIn(client)
  // Begins again when somebody has changed what was read.
  for (;;) {
    const release = await store.read(releaseId)
    if (!isWanted(release) || !release) return null
    const inserted = await store.insert({ ...(await signedSnapshot(release, baseUrl)), occasion })
    if (inserted) return inserted.evidence ?? client.evidence.findFirst({ where: { releaseId, occasion } })
  }
}

async function signedSnapshot(release: SnapshotRow, baseUrl: string): Promise<Omit<NewEvidence, 'occasion'>> {
  const { projectId, sha, artifacts } = release
  const urlOf = ({ fileName }: ArtifactRow) => artifactUrl({ baseUrl }, { projectId, sha: sha ?? '', fileName })
  const snapshot = snapshotOf({ ...release, reportArtifacts: artifacts.map((row) => ({ ...row, url: urlOf(row) })) })
  const summary = canonicalJson(snapshot)
  const key = release.key ?? (await db.$transaction(currentSigningKey))
  const signature = await signDetached(key, { type: EVIDENCE_TYPE, payload: summary })
  return { release, artifacts, summary, sha: digestOfText(summary), signature }
}
