import { z } from 'zod'
import { collectEvidenceByHand } from '../../../modules/evidence/collect-by-hand.ts'
import { findNewestEvidence } from '../../../modules/evidence/find-evidence.ts'
import { findReleaseByTag } from '../../../modules/releases/release-loaders.ts'
import { sendEvidence } from '../../files/send-evidence.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { getRelease, projectFor } from '../kit/subjects.ts'
import { projectId, tagName } from './release-input.ts'

const rest = endpointsOf('Releases')
const EVIDENCE = '/projects/:id/releases/:tag_name/evidence'
const releaseKey = { id: projectId, tag_name: tagName }

const newestEvidence = rest.get(EVIDENCE, {
  summary: 'The newest evidence of a release',
  description: 'The digest (`ETag`) and the signature (`X-Waybill-Signature`) cover exactly the bytes of the answer.',
  input: z.object(releaseKey),
  answers: { 200: z.record(z.string(), z.unknown()) },
  find: projectFor('release:read', 'code:read'),
  handle: async ({ context, input, found: project, request }) => {
    const evidence = await findNewestEvidence(context, await getRelease(context, project, input.tag_name))
    return sendEvidence(request, orNotFound(evidence))
  },
})

const collectEvidence = rest.post(EVIDENCE, {
  operationId: 'collectProjectReleaseEvidence',
  summary: 'Collect evidence of a release at once',
  input: z.object(releaseKey),
  ability: 'release:create',
  answers: { 202: z.literal(202) },
  failures: [422],
  find: projectFor('release:read', 'release:create'),
  handle: async ({ context, input, found: project }) => {
    const release = await findReleaseByTag(context, project, input.tag_name)
    if (!release) return Response.json(404, { status: 404 })
    await collectEvidenceByHand(context, { projectPath: project.fullPath, tagName: release.tag })
    return 202
  },
})

export const releaseEvidenceEndpoints = [newestEvidence, collectEvidence]
