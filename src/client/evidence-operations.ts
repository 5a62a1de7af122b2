import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { toGlobalId } from '../foundation/global-id.ts'
import type { EvidenceBundle } from '../modules/evidence/evidence-bundle.ts'
import type { Json } from '../modules/evidence/evidence-snapshot.ts'
import { NO_ROWS, PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { askProject, project } from './ask-project.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import type { Target } from './server-connection.ts'

const evidencesPage = {
  document: `query evidences($project: ID!, $tag: String!, $after: String) {
    project(fullPath: $project) { release(tagName: $tag) { evidences(after: $after) { nodes { id } ${PAGE_INFO} } } }
  }`,
  data: project({ release: z.object({ evidences: pageOf(z.object({ id: NumericId })) }).nullable() }),
}

const evidenceById = {
  document: `query evidence($id: ID!) { node(id: $id) { ... on ReleaseEvidence { sha signature summary } } }`,
  data: z.object({
    node: z
      .object({ sha: z.string().nullable(), signature: z.string().nullable(), summary: z.json().nullable() })
      .nullable(),
  }),
}

/** The IDs of the evidence of a release, oldest first, because newer evidence has a higher ID. */
async function evidenceIds(target: Target, tag: string): Promise<number[]> {
  const evidences = await readAllRows(async (after) => {
    const { release } = await askProject(target, evidencesPage, { tag, after })
    return release?.evidences ?? NO_ROWS
  })
  return evidences.map(({ id }) => id).sort((one, other) => one - other)
}

/** The evidence with the ID, or the newest evidence. */
export async function exportEvidence(target: Target, tag: string, wanted: number | undefined): Promise<EvidenceBundle> {
  const ids = await evidenceIds(target, tag)
  const id = wanted === undefined ? ids.at(-1) : ids.find((candidate) => candidate === wanted)
  const { node } =
    id === undefined ? {} : await ask(target.server, evidenceById, { id: toGlobalId('ReleaseEvidence', id) })
  const { sha, signature, summary } = node ?? {}
  if (!sha || !summary) {
    const which = wanted === undefined ? 'evidence' : `evidence ${wanted}`
    const advice = target.server.credential ? '' : ': no token was sent, set WAYBILL_TOKEN or --token'
    throw invalid(`The project '${target.project}' shows no ${which} of a release '${tag}'${advice}`)
  }
  if (!signature) throw invalid(`Evidence ${id} was never signed`)
  return { document: summary as Json, sha, signature }
}
