import type { Context } from '../../context.ts'
import { can } from '../access/abilities.ts'
import { type ReleaseNode, releaseById } from './release-loaders.ts'

/** Hidden equals missing: null for both. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
