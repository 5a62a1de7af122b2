// Deletes what creations leave behind, so that each round begins with the same data.
import { setTimeout } from 'node:timers/promises'

const DRAIN_MS = 120_000
const POLL_MS = 20

const WAITING = 'SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE run_at <= now() AND attempts < max_attempts'

/** Waits until the subject has done its own jobs. */
export async function drain(client, subject) {
  if (!subject.jobs) return
  const deadline = Date.now() + DRAIN_MS
  for (;;) {
    const { rows } = await client.query(WAITING)
    if (rows[0].n === 0) return
    if (Date.now() > deadline) throw new Error(`${subject.name} has ${rows[0].n} jobs left after ${DRAIN_MS / 1000} s`)
    await setTimeout(POLL_MS)
  }
}

/** Deletes the created releases and returns their number. */
export async function cleanUp(client, subject) {
  if (subject) await drain(client, subject)
  await client.query('DELETE FROM graphile_worker._private_jobs')
  const { rowCount } = await client.query(`DELETE FROM releases WHERE tag LIKE 'next-%'`)
  await client.query('DELETE FROM audit_events')
  await client.query(
    'VACUUM releases, group_releases, asset_links, evidences, audit_events, projects, groups, graphile_worker._private_jobs',
  )
  return rowCount
}
