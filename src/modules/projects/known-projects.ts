// A project's children are read in its own statement where the viewer may see them all. Whether that is so follows from the
// project, which is only being read: so it is guessed from what the project was when it was last read here, and the database
// reads ahead only where it still is that. A wrong guess costs a statement and shows nothing: who sees what is decided by the
// row that was read.
import { LRUCache } from 'lru-cache'
import { abilitiesOf, type ProjectAccess } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'

const MAX_KNOWN = 1000

/** By the key of the full path. */
const known = new LRUCache<string, ProjectAccess>({ max: MAX_KNOWN })

/** Remembers what decides about a project, and nothing else of the row. */
export function noteProject(project: Project): void {
  const { id, visibility, archived, ancestorIds } = project
  const { releasesLevel, repositoryLevel, issuesLevel, mergeRequestsLevel } = project
  const levels = { releasesLevel, repositoryLevel, issuesLevel, mergeRequestsLevel }
  known.set(pathKey(project.fullPath), { id, visibility, archived, ancestorIds, ...levels })
}

/** All of a project that decides who reads its releases and its code, as `isAsExpected` writes it. */
const describe = ({ id, visibility, releasesLevel, repositoryLevel, ancestorIds }: ProjectAccess) =>
  [id, visibility, releasesLevel, repositoryLevel, ancestorIds.join(',')].join(' ')

const isOpenToAll = ({ visibility, releasesLevel, repositoryLevel }: ProjectAccess) =>
  visibility === 'public' && releasesLevel === 'enabled' && repositoryLevel === 'enabled'

/**
 * What the project must be for this viewer to read its releases and its code; null when it is not known, when the viewer may
 * not, and when everybody may.
 */
export function expectationOf(viewer: Viewer, fullPath: string): string | null {
  const project = known.get(pathKey(fullPath))
  if (!project || isOpenToAll(project)) return null
  const held = abilitiesOf(viewer, project)
  return held.has('release:read') && held.has('code:read') ? describe(project) : null
}

/**
 * Whether the children of `p` may be read ahead: it is open to everybody, or what `key.expected` tells, which comes from
 * `expectationOf`. Elsewhere the time of an answer that hides what was read would tell that it is there. Raw, as it comes several
 * times in a statement.
 */
export const isAsExpected = Prisma.raw(`(
  p.visibility = 'public' AND p.releases_level = 'enabled' AND p.repository_level = 'enabled' OR coalesce(key.expected =
  concat_ws(' ', p.id, p.visibility, p.releases_level, p.repository_level, array_to_string(p.ancestor_ids, ',')), false))`)
