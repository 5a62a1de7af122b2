// Finds the text of a request's operation: the text in the request, or the text whose SHA-256 the request names.
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { OperationRequest } from './operation-request.ts'
import { invalidRequest, refused } from './refusal.ts'
import type { TrustedDocuments } from './trusted-documents.ts'

/** The memory for all texts that clients have registered. */
const MAX_BYTES = 8 * 1024 ** 2

const PersistedQuery = z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[\w:.-]{1,128}$/) })

const notFound = () =>
  refused(new GraphQLError('PersistedQueryNotFound'), { code: 'PERSISTED_QUERY_NOT_FOUND', status: 400, spec: true })

const untrusted = () =>
  refused(new GraphQLError('This server runs the documents that it was given, and no others'), {
    code: 'FORBIDDEN',
    status: 403,
  })

function hashIn({ extensions: { persistedQuery } }: OperationRequest): string | null {
  if (persistedQuery == null) return null
  const parsed = PersistedQuery.safeParse(persistedQuery)
  if (parsed.success) return parsed.data.sha256Hash
  throw invalidRequest(
    'extensions.persistedQuery must be {"version": 1, "sha256Hash": "<the SHA-256 of the query in hexadecimal>"}',
  )
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Serves automatic persisted queries as Apollo's clients send them, or only the operator's trusted documents. */
export function createTexts(trusted: TrustedDocuments | null) {
  const kept = new LRUCache<string, string>({ maxSize: MAX_BYTES, sizeCalculation: (text) => 128 + 2 * text.length })

  /** Throws when the server does not have the text or may not run it. */
  function find(request: OperationRequest): string {
    const { query } = request
    const hash = hashIn(request)
    if (trusted) return findTrusted(trusted, query, hash)
    if (query !== null && hash !== null && sha256(query) !== hash) {
      throw invalidRequest('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query')
    }
    const text = query ?? (hash === null ? undefined : kept.get(hash))
    if (text === undefined) throw notFound()
    return text
  }

  return {
    find,
    /** Keeps a text that is valid and within the limits, for clients that later send only its hash. */
    keep(request: OperationRequest): void {
      const hash = hashIn(request)
      if (!trusted && hash !== null && request.query !== null) kept.set(hash, request.query)
    },
  }
}

function findTrusted(trusted: TrustedDocuments, query: string | null, hash: string | null): string {
  const text = trusted.get(hash ?? sha256(query ?? ''))
  if (text === undefined) throw untrusted()
  return text
}
