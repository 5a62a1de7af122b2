// Files that an import does not bring: contents of Git LFS, and uploads to which texts link.
import { db } from '../../database/db.ts'
import { listBlobsOfSize } from '../../git/blobs-of-size.ts'
import { readBeginnings } from '../../git/object-beginnings.ts'
import { findLfsObjects } from '../lfs/lfs-objects.ts'
import { couldBePointer, MAX_POINTER_BYTES, parsePointer } from '../lfs/lfs-pointer.ts'
import type { Run } from './bring.ts'
import { leave } from './import-progress.ts'
import { inShort } from './sources/source.ts'

/** Files as small as a pointer that are looked into. */
const MOST_BLOBS = 500_000
const OBJECTS_AT_A_TIME = 10_000
const MOST_TEXTS = 1000

async function pointersIn(repository: string, signal: AbortSignal | undefined): Promise<Map<string, number>> {
  const pointers = new Map<string, number>()
  const ids = await listBlobsOfSize(repository, { hasSize: couldBePointer, most: MOST_BLOBS, signal })
  await readBeginnings(repository, ids, MAX_POINTER_BYTES, (object) => {
    const pointer = object && parsePointer(object.content)
    if (pointer) pointers.set(pointer.sha256, pointer.size)
    return signal?.aborted ? 'enough' : undefined
  })
  signal?.throwIfAborted()
  return pointers
}

/** Counts the objects to which pointers anywhere in the history lead, and that the project does not have. */
export async function reportLfsObjects({ project, progress, signal }: Run, repository: string): Promise<void> {
  const missing = await pointersIn(repository, signal)
  const digests = [...missing.keys()]
  for (let at = 0; at < digests.length; at += OBJECTS_AT_A_TIME) {
    const found = await findLfsObjects(project, digests.slice(at, at + OBJECTS_AT_A_TIME))
    for (const { sha256 } of found) missing.delete(sha256)
  }
  if (missing.size === 0) return
  const bytes = [...missing.values()].reduce((sum, size) => sum + size, 0)
  const are = missing.size === 1 ? '1 object' : `${missing.size} objects`
  leave(
    progress,
    'Git LFS',
    `${are} (${bytes} bytes) ${missing.size === 1 ? 'is' : 'are'} at the source alone: in a clone of it, ` +
      'run git lfs fetch --all, and git lfs push --all with the address of this project',
  )
}

type Linking = { place: string; secrets: string[] }

/** The texts of the project with links to uploads that it does not have. */
const findLinking = (projectId: number): Promise<Linking[]> => db.$queryRaw<Linking[]>`
  SELECT /* imports.missingUploads */ t.place, array_agg(DISTINCT m[1]) AS secrets
  FROM (SELECT 1 AS kind, iid AS id, 'the milestone ' || title AS place, description FROM milestones WHERE project_id = ${projectId}
        UNION ALL SELECT 2, iid, 'the issue #' || iid, description FROM issues WHERE project_id = ${projectId}
        UNION ALL SELECT 3, id, 'the release ' || tag, description FROM releases WHERE project_id = ${projectId}) t,
    regexp_matches(t.description, '(?:^|[^[:alnum:]_./-])/uploads/([0-9a-f]{32})/', 'g') m
  WHERE t.description LIKE '%/uploads/%'
    AND NOT EXISTS (SELECT FROM uploads u WHERE u.project_id = ${projectId} AND u.secret = m[1])
  GROUP BY t.kind, t.id, t.place ORDER BY t.kind, t.id LIMIT ${MOST_TEXTS}`

export async function reportUploads({ project, progress }: Run): Promise<void> {
  const rows = await findLinking(project.id)
  if (rows.length === 0) return
  const { size } = new Set(rows.flatMap(({ secrets }) => secrets))
  const files = size === 1 ? '1 file here that is' : `${size} files here that are`
  // The places come last, because a long line is cut.
  const places = inShort(rows.map(({ place }) => place))
  leave(progress, 'Uploads', `upload ${files} at the source alone, and change the links in ${places}`)
}
