// One draft, and its publication. The list and the creation are among the routes of releases.
import { z } from 'zod'
import { findDraft } from '../../../modules/publishing/draft-loaders.ts'
import { deleteDraft, updateDraft } from '../../../modules/publishing/draft-service.ts'
import { publishDraft } from '../../../modules/publishing/publish-draft.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { notFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { DraftBody, shownDrafts } from './draft-documents.ts'
import { ReleaseBody } from './present-release.ts'
import {
  areExclusive,
  EXCLUSIVE,
  linkValuesOf,
  projectId,
  ReleaseInput,
  tagName,
  valuesOf,
  waybill,
} from './release-input.ts'
import { writtenRelease } from './written-release.ts'

const rest = endpointsOf('Releases')
const DRAFT = '/projects/:id/releases/:tag_name/draft'
const draftKey = { id: projectId, tag_name: tagName }
// Everybody else is refused before a draft is looked up.
const find = projectFor('release:read', 'release:create')

const single = rest.get(DRAFT, {
  summary: 'A draft',
  description: 'Not in GitLab.',
  input: z.object(draftKey),
  answers: { 200: DraftBody },
  find,
  handle: async ({ context, input, found }) => {
    const draft = await findDraft(context, found, input.tag_name)
    if (!draft) throw notFound()
    return await shownDrafts.one(context, draft)
  },
})

const update = rest.put(DRAFT, {
  summary: 'Change a draft',
  description: 'A list of links replaces the present ones. Not in GitLab.',
  input: ReleaseInput.omit({ draft: true, waybill: true }).refine(areExclusive, EXCLUSIVE),
  ability: 'release:create',
  answers: { 200: DraftBody },
  find,
  handle: async ({ context, input, found: project }) => {
    const draft = await updateDraft(context, {
      ...{ projectPath: project.fullPath, tagName: input.tag_name },
      ...{ tagMessage: input.tag_message, ref: input.ref },
      ...valuesOf(input),
      links: input.assets?.links?.map(linkValuesOf),
    })
    return await shownDrafts.one(context, draft)
  },
})

const remove = rest.delete(DRAFT, {
  summary: 'Delete a draft',
  description: 'Not in GitLab.',
  input: z.object(draftKey),
  ability: 'release:create',
  answers: { 200: DraftBody },
  find,
  handle: async ({ context, input, found: project }) => {
    const draft = await deleteDraft(context, { projectPath: project.fullPath, tagName: input.tag_name })
    return await shownDrafts.one(context, draft)
  },
})

const publish = rest.post('/projects/:id/releases/:tag_name/publish', {
  operationId: 'publishProjectRelease',
  summary: 'Publish a draft',
  description: 'Not in GitLab.',
  input: z.object({ ...draftKey, waybill }),
  ability: 'release:create',
  answers: { 201: ReleaseBody },
  failures: [409, 422],
  find,
  handle: async ({ context, input, found: project }) => {
    const release = await publishDraft(context, { projectPath: project.fullPath, tagName: input.tag_name })
    return await writtenRelease(context, release, input)
  },
})

export const draftEndpoints = [single, update, remove, publish]
