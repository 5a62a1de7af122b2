import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { db, type Tx } from '../database/db.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { Prisma, type SigningKey } from '../generated/prisma/client.ts'
import { columnsOf } from '../rows/columns.ts'
import { reviver } from '../rows/json-rows.ts'

export const SIGNING_ALGORITHM = 'ES256'

/** Not 0 or 1: those are the locks of paths and of imports. */
const SEED = 2

/** Several servers that start for the first time make one key. */
const lockKeys = (tx: Tx) =>
  tx.$executeRaw`SELECT /* signing.lockKeys */ pg_advisory_xact_lock(hashtextextended('signing-keys', ${SEED}::bigint))`

/** The key that signs now, as JSON, for a statement that reads what is to be signed; NULL before the first one is made. */
export const currentKey = Prisma.sql`(
  SELECT row_to_json(row) FROM (
    SELECT ${columnsOf('k', Prisma.SigningKeyScalarFieldEnum)} FROM signing_keys k
    WHERE k.retired_at IS NULL ORDER BY k.created_at DESC, k.kid LIMIT 1) AS row)`

export const reviveKey = reviver<SigningKey>({ createdAt: true, retiredAt: true })

async function findCurrent(tx: Tx): Promise<SigningKey | null> {
  const [found] = await tx.$queryRaw<{ key: SigningKey | null }[]>`SELECT /* signing.currentKey */ ${currentKey} AS key`
  return found?.key ? reviveKey(found.key) : null
}

async function createKey(tx: Tx): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const publicJwk = { ...jwk, kid, alg: SIGNING_ALGORITHM, use: 'sig' }
  const privateJwk = await exportJWK(privateKey)
  return tx.signingKey.create({
    // A JWK is JSON; its type only lacks the index signature that Prisma's has.
    data: {
      kid,
      algorithm: SIGNING_ALGORITHM,
      publicJwk: publicJwk as Prisma.InputJsonObject,
      privateJwk: privateJwk as Prisma.InputJsonObject,
    },
  })
}

async function createFirst(tx: Tx): Promise<SigningKey> {
  await lockKeys(tx)
  return (await findCurrent(tx)) ?? createKey(tx)
}

/** The key that signs now, made on first use. To be called in a transaction. */
export async function currentSigningKey(tx: Tx): Promise<SigningKey> {
  return (await findCurrent(tx)) ?? createFirst(tx)
}

const imported = new Map<string, ReturnType<typeof importJWK>>()

/** Each key is read once: to read it costs as much as to sign. There are as many as were made while this process runs. */
export function privateKeyOf({ kid, privateJwk, algorithm }: SigningKey): ReturnType<typeof importJWK> {
  const found = imported.get(kid) ?? importJWK(privateJwk as JWK, algorithm)
  imported.set(kid, found)
  return found
}

/** Retires the current key and makes a new one. What the old one signed can still be verified. */
export async function rotateSigningKey(tx: Tx): Promise<SigningKey> {
  await lockKeys(tx)
  await tx.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: databaseNow() } })
  return createKey(tx)
}

/** The public parts of every key there has been, the newest first, as a JWK Set (RFC 7517). */
export async function publishedKeys(): Promise<{ keys: JWK[] }> {
  const rows = await db.signingKey.findMany({
    select: { publicJwk: true },
    orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }],
  })
  return { keys: rows.map(({ publicJwk }) => publicJwk as JWK) }
}
