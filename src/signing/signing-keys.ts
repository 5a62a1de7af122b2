import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { db, type Tx } from '../database/db.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { Prisma, type SigningKey } from '../generated/prisma/client.ts'
import { allColumns } from '../rows/columns.ts'
import { reviver } from '../rows/json-rows.ts'
import { SIGNING_ALGORITHM } from './detached-jws.ts'

/** Not 0 or 1, because the locks of paths and imports use these seeds. */
const SEED = 2

/** Locks the keys, so that several servers that start for the first time make only one key. */
const lockKeys = (tx: Tx) =>
  tx.$executeRaw`SELECT /* signing.lockKeys */ pg_advisory_xact_lock(hashtextextended('signing-keys', ${SEED}::bigint))`

/** The current key as JSON, for a statement that also reads what is to be signed; NULL before the first key exists. */
export const currentKey = Prisma.sql`(
  SELECT row_to_json(row) FROM (
    SELECT ${allColumns('k', Prisma.SigningKeyScalarFieldEnum)} FROM signing_keys k
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
    // The cast is safe: a JWK is JSON, and its type only lacks the index signature of Prisma's type.
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

/** The current key, made on first use. Must be called in a transaction. */
export async function currentSigningKey(tx: Tx): Promise<SigningKey> {
  return (await findCurrent(tx)) ?? createFirst(tx)
}

const imported = new Map<string, ReturnType<typeof importJWK>>()

/** Imports each key once, because an import costs as much as a signature. The map stays small, because keys are rarely made. */
export function privateKeyOf({ kid, privateJwk, algorithm }: SigningKey): ReturnType<typeof importJWK> {
  const found = imported.get(kid) ?? importJWK(privateJwk as JWK, algorithm)
  imported.set(kid, found)
  return found
}

/** Retires the current key and makes a new one. The old key still verifies its signatures. */
export async function rotateSigningKey(tx: Tx): Promise<SigningKey> {
  await lockKeys(tx)
  await tx.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: databaseNow() } })
  return createKey(tx)
}

/** The public parts of all keys, retired keys included, newest first, as a JWK Set (RFC 7517). */
export async function publishedKeys(): Promise<{ keys: JWK[] }> {
  const rows = await db.signingKey.findMany({
    select: { publicJwk: true },
    orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }],
  })
  return { keys: rows.map(({ publicJwk }) => publicJwk as JWK) }
}
