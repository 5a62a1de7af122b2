import { Hono } from 'hono'
import type { ContextParts } from '../../request/request-context.ts'
import { publishedKeys } from '../../signing/signing-keys.ts'
import { counted } from '../hono-context.ts'

/** Keeping the keys for five minutes spares the database and does no harm, because a client that meets a new key asks again. */
const CACHE = 'public, max-age=300'

/** The keys that evidence is signed with, including retired keys. */
export const jwksRoutes = (parts: ContextParts) =>
  new Hono().get('/.well-known/jwks.json', counted(parts), async (c) =>
    c.json(await publishedKeys(), 200, { 'cache-control': CACHE, 'access-control-allow-origin': '*' }),
  )
