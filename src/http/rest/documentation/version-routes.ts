import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { endpoint } from '../kit/endpoint.ts'
import { unauthorized } from '../kit/rest-errors.ts'
import { metadata } from './metadata-documents.ts'

const tag = 'Server'

const VersionBody = z.object({ version: z.string(), revision: z.string() }).meta({ id: 'Version' })

const MetadataBody = z
  .object({
    ...VersionBody.shape,
    kas: z.object({ enabled: z.boolean(), externalUrl: z.string().nullable(), version: z.string().nullable() }),
    enterprise: z.boolean(),
  })
  .meta({ id: 'Metadata' })

/** Throws without a credential. */
async function getMetadata(context: Context) {
  const { metadata: found } = await metadata(context, {})
  if (!found) throw unauthorized()
  return found
}

export const versionEndpoints = [
  endpoint({
    method: 'get',
    path: '/version',
    tag,
    summary: 'The version of GitLab whose API Waybill serves',
    input: z.object({}),
    answers: { 200: VersionBody },
    handle: async ({ context }) => {
      const { version, revision } = await getMetadata(context)
      return Response.json({ version, revision })
    },
  }),
  endpoint({
    method: 'get',
    path: '/metadata',
    tag,
    summary: 'The version, with the other metadata of GitLab',
    input: z.object({}),
    answers: { 200: MetadataBody },
    handle: async ({ context }) => Response.json(await getMetadata(context)),
  }),
]
