import { db } from '../database/db.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'

const withoutDescription = { description: true } as const
const withoutNotes = { description: true, descriptionHtml: true } as const

type Arguments = { select?: unknown; include?: { release?: unknown } | null }

/** Reads the release that a row belongs to without its notes. */
function withLeanRelease<Args extends Arguments>(args: Args): Args {
  const release = args.include?.release
  if (typeof release !== 'object' || release === null || 'select' in release) return args
  return { ...args, include: { ...args.include, release: { ...release, omit: withoutNotes } } }
}

const createClient = (client: PrismaClient) =>
  client.$extends({
    query: {
      milestone: { findUnique: ({ args, query }) => query(args.select ? args : { ...args, omit: withoutDescription }) },
      project: { findUnique: ({ args, query }) => query(args.select ? args : { ...args, omit: withoutDescription }) },
      group: { findUnique: ({ args, query }) => query(args.select ? args : { ...args, omit: withoutDescription }) },
      evidence: {
        findUnique: ({ args, query }) =>
          query(args.select ? args : { ...withLeanRelease(args), omit: { summary: true } }),
      },
      assetLink: { findUnique: ({ args, query }) => query(withLeanRelease(args)) },
    },
  })

let made: { of: PrismaClient; client: PrismaClient } | undefined

/**
 * The database client that finds rows by a global ID. Rows come without their long texts, which their fields read when a query
 * asks for them (`long-texts.ts`).
 */
export function nodeClient(): PrismaClient {
  if (made?.of !== db) made = { of: db, client: createClient(db) as unknown as PrismaClient }
  return made.client
}
