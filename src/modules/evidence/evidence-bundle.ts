import { z } from 'zod'
import type { Json } from './evidence-snapshot.ts'

/** Evidence in one file, with everything that its verification needs except the keys. */
export const EvidenceBundle = z.strictObject({
  // Passed on as it was read. A parser of JSON values would drop members such as `__proto__`, so the verification would miss
  // them.
  document: z.custom<Json>((value) => value !== undefined),
  sha: z.string(),
  signature: z.string(),
})

export type EvidenceBundle = z.infer<typeof EvidenceBundle>
