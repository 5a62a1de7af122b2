import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import { can } from '../access/abilities.ts'
import type { ReleaseNode } from './release-loaders.ts'

const releaseById = perRequest(
  () =>
    new DataLoader<number, ReleaseNode | null>(async (ids) => {
      const rows = await db.release.findMany({ where: { id: { in: [...ids] } }, include: { project: true } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)

/** Hidden equals missing: null for both. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
