// Finds acknowledged writes that are lost.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { promisify } from 'node:util'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { embeddedUrl } from '../../process/serve-world.ts'
import type { Stand } from './stand.ts'
import type { Kind } from './writers.ts'

const rows: Partial<Record<Kind, string>> = {
  // A release with everything that belongs to it: two links, and its event in the audit log.
  releases: `SELECT tag AS proof FROM releases r WHERE project_id = $1
    AND (SELECT count(*) FROM asset_links l WHERE l.release_id = r.id) = 2
    AND (SELECT count(*) FROM audit_events a WHERE a.target_type = 'Release' AND a.target_id = r.id) = 1`,
  links: `SELECT l.name AS proof FROM asset_links l JOIN releases r ON r.id = release_id WHERE project_id = $1`,
  milestones: `SELECT title AS proof FROM milestones WHERE project_id = $1`,
  evidence: `SELECT e.sha AS proof FROM evidences e JOIN releases r ON r.id = release_id WHERE project_id = $1`,
}

async function refs(stand: Stand, projectId: number): Promise<Set<string>> {
  const repository = path.join(stand.dataDir, 'repositories', `${projectId}.git`)
  const format = '%(refname:lstrip=2) %(objectname)'
  const options = ['--git-dir', repository, 'for-each-ref', `--format=${format}`, 'refs/heads']
  const { stdout } = await promisify(execFile)('git', options, { maxBuffer: 1024 ** 3 })
  return new Set(stdout.trim().split('\n'))
}

async function isIntact(stand: Stand, projectId: number, proof: string): Promise<boolean> {
  const [file, digest] = proof.split(' ')
  const at = `${stand.url}/api/v4/projects/${projectId}/packages/generic/kills/1.0.0/${file}`
  const response = await fetch(at, { headers: { 'private-token': stand.demo.tokens.owner } })
  const body = Buffer.from(await response.arrayBuffer())
  return response.ok && createHash('sha256').update(body).digest('hex') === digest
}

export async function findLosses(
  stand: Stand,
  projectId: number,
  acknowledged: Record<Kind, readonly string[]>,
): Promise<string[]> {
  const lost: string[] = []
  const url = await embeddedUrl(stand.dataDir)
  for (const [kind, sql] of Object.entries(rows) as [Kind, string][]) {
    const found = await withConnection(url, (client) => client.query<{ proof: string }>(sql, [projectId]))
    const there = new Set(found.rows.map(({ proof }) => proof))
    lost.push(...acknowledged[kind].filter((proof) => !there.has(proof)).map((proof) => `${kind}: ${proof}`))
  }
  const pushed = await refs(stand, projectId)
  lost.push(...acknowledged.pushes.filter((proof) => !pushed.has(proof)).map((proof) => `pushes: ${proof}`))
  for (const proof of acknowledged.packages) {
    if (!(await isIntact(stand, projectId, proof))) lost.push(`packages: ${proof}`)
  }
  return lost
}
