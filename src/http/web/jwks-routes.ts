import { Hono } from 'hono'
import { publishedKeys } from '../../modules/signing/signing-keys.ts'

/** Whoever verifies a signature by a new key asks again: five minutes are no harm, and spare the database. */
const CACHE = 'public, max-age=300'

/** The keys of signed evidence, retired ones too. */
export const jwksRoutes = () =>
  new Hono().get('/.well-known/jwks.json', async (c) =>
    c.json(await publishedKeys(), 200, { 'cache-control': CACHE, 'access-control-allow-origin': '*' }),
  )
