import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'

const First = z.object({
  head: z.string().nullable(),
  pack: z.object({ size: z.int(), sha256: z.string() }).nullable(),
})

/** What a backup knows of a repository beside its objects. */
export type RepositoryRefs = {
  /** The branch that HEAD names. */
  head: string | null
  /** The size and digest of the pack of its objects; null without objects. */
  pack: { size: number; sha256: string } | null
  /** The object of each ref, by full name. */
  refs: Map<string, string>
}

export const formatRefs = ({ head, pack, refs }: RepositoryRefs): string =>
  [JSON.stringify({ head, pack }), ...[...refs].sort().map(([ref, object]) => `${object} ${ref}`), ''].join('\n')

export async function parseRefs(content: Readable): Promise<RepositoryRefs> {
  let first: z.output<typeof First> | null = null
  const refs = new Map<string, string>()
  for await (const line of createInterface({ input: content })) {
    if (first) refs.set(line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' ')))
    else first = First.parse(JSON.parse(line))
  }
  if (!first) throw new Error('The refs of a repository are empty')
  return { ...first, refs }
}
