// Finds acknowledged writes that are lost.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { credentialOf, fileKinds, type Kind, type Target } from './writers.ts'

const rows: Partial<Record<Kind, string>> = {
  // A release with everything that belongs to it: two links, and its event in the audit log.
  releases: `SELECT tag AS proof FROM releases r WHERE project_id = $1
    AND (SELECT count(*) FROM asset_links l WHERE l.release_id = r.id) = 2
    AND (SELECT count(*) FROM audit_events a WHERE a.target_type = 'Release' AND a.target_id = r.id) = 1`,
  links: `SELECT l.name AS proof FROM asset_links l JOIN releases r ON r.id = release_id WHERE project_id = $1`,
  milestones: `SELECT title AS proof FROM milestones WHERE project_id = $1`,
  evidence: `SELECT e.sha AS proof FROM evidences e JOIN releases r ON r.id = release_id WHERE project_id = $1`,
}

async function refs({ repository }: Target): Promise<Set<string>> {
  const format = '%(refname:lstrip=2) %(objectname)'
  const options = ['--git-dir', repository, 'for-each-ref', `--format=${format}`, 'refs/heads']
  const { stdout } = await promisify(execFile)('git', options, { maxBuffer: 1024 ** 3 })
  return new Set(stdout.trim().split('\n'))
}

async function isIntact(target: Target, proof: string): Promise<boolean> {
  const [at = '', digest] = proof.split(' ')
  const response = await fetch(target.url() + at, { headers: credentialOf(target, at) })
  const body = Buffer.from(await response.arrayBuffer())
  return response.ok && createHash('sha256').update(body).digest('hex') === digest
}

const atATime = pLimit(8)

export async function findLosses(target: Target, acknowledged: Record<Kind, readonly string[]>): Promise<string[]> {
  const lost: string[] = []
  const url = await target.databaseUrl()
  for (const [kind, sql] of Object.entries(rows) as [Kind, string][]) {
    const found = await withConnection(url, (client) => client.query<{ proof: string }>(sql, [target.projectId]))
    const there = new Set(found.rows.map(({ proof }) => proof))
    lost.push(...acknowledged[kind].filter((proof) => !there.has(proof)).map((proof) => `${kind}: ${proof}`))
  }
  const pushed = await refs(target)
  lost.push(...acknowledged.pushes.filter((proof) => !pushed.has(proof)).map((proof) => `pushes: ${proof}`))
  for (const kind of fileKinds) {
    const read = async (proof: string) => {
      if (!(await isIntact(target, proof))) lost.push(`${kind}: ${proof}`)
    }
    await Promise.all(acknowledged[kind].map((proof) => atATime(() => read(proof))))
  }
  return lost
}

const OWNED = `
  SELECT storage_key AS key FROM package_files UNION SELECT storage_key FROM uploads
  UNION SELECT storage_key FROM lfs_objects UNION SELECT storage_key FROM report_artifacts`
const REMOVED_LATER = `SELECT payload ->> 'key' FROM graphile_worker._private_jobs WHERE key LIKE 'stored-file:%'`

/** The files that no row owns and no job will remove. */
export async function findOrphans(target: Target, keys: readonly string[]): Promise<string[]> {
  const { rows: known } = await withConnection(await target.databaseUrl(), (client) =>
    client.query<{ key: string }>(`${OWNED} UNION ${REMOVED_LATER}`),
  )
  const expected = new Set(known.map(({ key }) => key))
  return keys.filter((key) => !expected.has(key))
}
