import { db } from '../../db.ts'
import { AppError } from '../../errors.ts'
import { findProjectId } from '../projects/project-service.ts'
import type { EvidenceBundle } from './evidence-bundle.ts'
import type { Json } from './evidence-snapshot.ts'

type EvidenceChoice = {
  projectPath: string
  tag: string
  /** The newest without it. */
  id?: number
}

/** For the operator, who may read everything. */
export async function exportEvidence({ projectPath, tag, id }: EvidenceChoice): Promise<EvidenceBundle> {
  const projectId = (await findProjectId(db, projectPath)) ?? 0
  const evidence = await db.evidence.findFirst({
    where: { release: { tag, projectId }, ...(id === undefined ? {} : { id }) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  if (!evidence) {
    const which = id === undefined ? 'evidence' : `evidence ${id}`
    throw new AppError('NOT_FOUND', `There is no ${which} of a release '${tag}' in a project '${projectPath}'`)
  }
  if (evidence.signature === null) throw new AppError('NOT_FOUND', `Evidence ${evidence.id} was never signed`)
  return { document: evidence.summary as Json, sha: evidence.sha, signature: evidence.signature }
}
