// How long the answer to a request stays true while nothing is written.
import type { Context } from './context.ts'

export type AnswerLife = {
  /** Milliseconds since 1970 at which time alone changes the answer. */
  until: number
  /** Whether it may be kept at all. */
  kept: boolean
}

export const newAnswerLife = (): AnswerLife => ({ until: Number.POSITIVE_INFINITY, kept: true })

/** Part of the answer changes at that moment. */
export function validUntil({ answerLife }: Context, moment: number): void {
  if (answerLife) answerLife.until = Math.min(answerLife.until, moment)
}

/** Part of the answer comes from what no version stands for, such as a repository that cannot be read now. */
export function notToBeKept({ answerLife }: Context): void {
  if (answerLife) answerLife.kept = false
}
