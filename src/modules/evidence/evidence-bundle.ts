import { z } from 'zod'
import type { Json } from './evidence-snapshot.ts'

/** Evidence in one file, with all that its verification needs but the keys. */
export const EvidenceBundle = z.strictObject({
  // Handed on as it was read: a parser of JSON values would drop members, such as __proto__, that were not signed.
  document: z.custom<Json>((value) => value !== undefined),
  sha: z.string(),
  signature: z.string(),
})

export type EvidenceBundle = z.infer<typeof EvidenceBundle>
