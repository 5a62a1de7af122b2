// How long an answer stays valid while nothing is written.
import type { Context } from './context.ts'

export type AnswerLife = {
  /** The moment at which the passing of time changes the answer, in milliseconds since 1970. */
  until: number
  kept: boolean
}

export const newAnswerLife = (): AnswerLife => ({ until: Number.POSITIVE_INFINITY, kept: true })

/** Tells that part of the answer changes at the moment. */
export function validUntil({ answerLife }: Context, moment: number): void {
  if (answerLife) answerLife.until = Math.min(answerLife.until, moment)
}

/** Tells that the content versions do not cover part of the answer, such as a repository that cannot be read now. */
export function doNotKeep({ answerLife }: Context): void {
  if (answerLife) answerLife.kept = false
}
