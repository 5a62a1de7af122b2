import { z } from 'zod'

/** What an import brings along, in this order. */
export const subjects = ['milestone', 'issue', 'package_file', 'release', 'protected_tag'] as const
export type Subject = (typeof subjects)[number]

const Counts = z.object({ created: z.int(), updated: z.int(), unchanged: z.int() })
export type Outcome = keyof z.output<typeof Counts>

export const ImportProgress = z.object({
  /** What is being done now, in words. */
  step: z.string(),
  counts: z.record(z.enum(subjects), Counts),
  /** What could not come along, and why. */
  left: z.array(z.string()),
  /** How many, also beyond the end of the list. */
  leftCount: z.int(),
})
export type ImportProgress = z.output<typeof ImportProgress>

const MOST_LEFT = 500
const MOST_CHARACTERS = 500

export const newProgress = (): ImportProgress => ({
  step: 'waiting',
  counts: Object.fromEntries(
    subjects.map((subject) => [subject, { created: 0, updated: 0, unchanged: 0 }]),
  ) as ImportProgress['counts'],
  left: [],
  leftCount: 0,
})

/** Both texts may come from the source, so they are cut, and what no database stores is replaced. */
export function leave(progress: ImportProgress, what: string, reason: string): void {
  progress.leftCount += 1
  if (progress.left.length === MOST_LEFT) return
  progress.left.push(`${what}: ${reason}`.slice(0, MOST_CHARACTERS).replaceAll('\0', '�').toWellFormed())
}
