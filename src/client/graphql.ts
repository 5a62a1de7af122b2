import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { credentialHeaders, printable, type Server, send, unreachable, withoutSecrets } from './server-connection.ts'

/** A document and the schema of its answer, which is checked because the server may have another version or be no Waybill. */
export type Operation<Data extends z.ZodType> = { document: string; data: Data }

const Failure = z.object({
  message: z.string(),
  extensions: z.looseObject({ code: z.string().optional(), requestId: z.string().optional() }).optional(),
})

const Answer = z
  .object({ data: z.unknown().optional(), errors: z.array(Failure).default([]) })
  .refine(({ data, errors }) => data !== undefined || errors.length > 0)

/** Long, because creating a tag in a large repository takes time. */
const TIMEOUT_MS = 60_000

const advice: Record<string, (server: Server) => string> = {
  UNAUTHENTICATED: ({ credential }) => (credential ? `Check ${credential.source}.` : 'Set WAYBILL_TOKEN, or --token.'),
  FORBIDDEN: ({ credential }) =>
    credential ? `The role or scope of ${credential.source} does not allow it.` : 'Set WAYBILL_TOKEN, or --token.',
  NOT_FOUND: ({ credential }) =>
    credential
      ? `Check --project and --tag-name, and what ${credential.source} may read.`
      : 'No token was sent: set WAYBILL_TOKEN, or --token.',
}

function describe(server: Server, { message, extensions }: z.output<typeof Failure>): string {
  const hint = advice[extensions?.code ?? '']?.(server)
  const request = extensions?.requestId
  const parts = [printable(message).replace(/\.$/, ''), hint, request && `(request ${printable(request)})`]
  return parts.filter(Boolean).join('. ')
}

function refuseRedirect(response: Response, url: URL): void {
  const location = response.headers.get('location')
  if (response.status < 300 || response.status > 399 || !location) return
  const target = withoutSecrets(new URL(location, url))
  throw invalid(`${withoutSecrets(url)} redirects to ${target}: give --server the address that it redirects to`)
}

async function readAnswer(response: Response, url: URL): Promise<z.output<typeof Answer>> {
  refuseRedirect(response, url)
  const text = await response.text().catch((error) => {
    throw unreachable(url, error)
  })
  try {
    return Answer.parse(JSON.parse(text))
  } catch {
    throw invalid(
      `${withoutSecrets(url)} answers ${response.status}, and not as GraphQL does: is --server the base URL of a Waybill server?`,
    )
  }
}

/** Sends an operation and returns its data. Throws errors whose messages say what to do. */
export async function ask<Data extends z.ZodType>(
  server: Server,
  { document, data: Data }: Operation<Data>,
  variables: Record<string, unknown>,
): Promise<z.output<Data>> {
  const url = new URL(`${server.url}/api/graphql`)
  const response = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...credentialHeaders(server, url) },
    body: JSON.stringify({ query: document, variables }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const { data, errors } = await readAnswer(response, url)
  if (errors.length > 0) throw invalid(errors.map((error) => describe(server, error)).join('\n'))
  const parsed = Data.safeParse(data)
  if (parsed.success) return parsed.data
  throw invalid(
    `${withoutSecrets(url)} answers in a way that this version does not know: ${z.prettifyError(parsed.error)}`,
  )
}
