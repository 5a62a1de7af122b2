import type { Viewer } from '../../access/viewer.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { shareStatements } from '../batching/share-statements.ts'

/** Versions by scope (prisma/sql/replica-reads.sql). They only grow. */
export type Versions = ReadonlyMap<string, number>

async function read(client: PrismaClient, scopes: readonly string[]): Promise<number[]> {
  const rows = await client.$queryRaw<{ scope: string; version: number }[]>`
    SELECT /* replicas.versions */ scope, sum(version)::float8 AS version FROM content_versions
    WHERE scope = ANY (${scopes}::text[]) GROUP BY scope`
  const found = new Map(rows.map(({ scope, version }) => [scope, version]))
  return scopes.map((scope) => found.get(scope) ?? 0)
}

const readers = new WeakMap<PrismaClient, ReturnType<typeof shareStatements<string, number>>>()

function readerOf(client: PrismaClient) {
  const known = readers.get(client)
  if (known) return known
  const reader = shareStatements<string, number>(
    (scopes) => read(client, scopes),
    (scope) => scope,
  )
  readers.set(client, reader)
  return reader
}

/** The present versions, from one statement that requests in flight share. */
export async function readVersions(client: PrismaClient, scopes: readonly string[]): Promise<Versions> {
  const versions = await readerOf(client)(scopes)
  return new Map(
    scopes.map((scope, at) => {
      const version = versions[at]
      if (version instanceof Error) throw version
      return [scope, version ?? 0]
    }),
  )
}

/** What the viewer must not miss: whatever was taken from anybody, and its own writes. Nobody has written without a credential. */
export const scopesOf = ({ user, credential }: Viewer): string[] =>
  credential === null ? ['closings'] : ['closings', `writes:${user?.id ?? 0}`]
