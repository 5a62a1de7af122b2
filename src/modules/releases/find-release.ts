import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import { uniqueLoader } from '../../unique-loader.ts'
import { can } from '../access/abilities.ts'
import type { ReleaseNode } from './release-loaders.ts'

const releaseById = uniqueLoader<ReleaseNode, 'id'>('id', (ids) =>
  db.release.findMany({ where: { id: { in: ids } }, include: { project: true } }),
)

/** Hidden equals missing: null for both. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
