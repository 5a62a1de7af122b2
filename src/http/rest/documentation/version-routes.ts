import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { unauthorized } from '../kit/rest-errors.ts'
import { metadata } from './metadata-documents.ts'

const rest = endpointsOf('Server')

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
  rest.get('/version', {
    summary: 'The version of GitLab whose API Waybill serves',
    input: z.object({}),
    answers: { 200: VersionBody },
    handle: async ({ context }) => {
      const { version, revision } = await getMetadata(context)
      return { version, revision }
    },
  }),
  rest.get('/metadata', {
    summary: 'The version, with the other metadata of GitLab',
    input: z.object({}),
    answers: { 200: MetadataBody },
    handle: async ({ context }) => await getMetadata(context),
  }),
]
