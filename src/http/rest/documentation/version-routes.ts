import { z } from 'zod'
import { endpoint } from '../kit/endpoint.ts'
import { assertSignedIn } from '../kit/subjects.ts'

const tag = 'Server'

/** The version of GitLab whose API Waybill serves. Clients decide by it which requests they may send. */
const version = { version: '18.0.0', revision: 'waybill' }

const VersionBody = z.object({ version: z.string(), revision: z.string() }).meta({ id: 'Version' })

const MetadataBody = z
  .object({
    ...VersionBody.shape,
    kas: z.object({ enabled: z.boolean(), externalUrl: z.string().nullable(), version: z.string().nullable() }),
    enterprise: z.boolean(),
  })
  .meta({ id: 'Metadata' })

const metadata = { ...version, kas: { enabled: false, externalUrl: null, version: null }, enterprise: false }

export const versionEndpoints = [
  endpoint({
    method: 'get',
    path: '/version',
    tag,
    summary: 'The version of GitLab whose API Waybill serves',
    input: z.object({}),
    answers: { 200: VersionBody },
    handle: async ({ context }) => {
      assertSignedIn(context)
      return Response.json(version)
    },
  }),
  endpoint({
    method: 'get',
    path: '/metadata',
    tag,
    summary: 'The version, with the other metadata of GitLab',
    input: z.object({}),
    answers: { 200: MetadataBody },
    handle: async ({ context }) => {
      assertSignedIn(context)
      return Response.json(metadata)
    },
  }),
]
