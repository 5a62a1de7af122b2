// Bounds the size of one answer. A field with a long text adds the text's size before the text is read, so that memory is bounded
// for every request. The error tells a client that asks for too much how many rows would fit.

import { AppError } from '../foundation/errors.ts'
import { MAX_ANSWER_BYTES } from '../foundation/limits.ts'
import type { Context } from './context.ts'
import { type FieldPlace, type PlacedText, type Suggestion, smallerPages } from './smaller-pages.ts'

/** Shorter texts are counted without their places, because only long texts matter for the advice. */
const SHORT_BYTES = 1_000

/** The most long texts whose places are remembered. Further texts count as part of every page. */
const MAX_PLACED = 10_000

/** The approximate size of a row without its long texts. */
const ROW_BYTES = 200

/** JSON may need two bytes for one byte of a text. */
const GROWTH_IN_JSON = 2

export class AnswerSize {
  readonly max: number
  #taken = 0
  readonly #placed: PlacedText[] = []
  #tooLarge: AnswerTooLarge | null = null

  constructor(max: number) {
    this.max = max
  }

  get tooLarge(): AnswerTooLarge | null {
    return this.#tooLarge
  }

  get left(): number {
    return Math.max(this.max - this.#taken, 0)
  }

  /** Throws when the answer becomes too large. Refused bytes also count, because the advice depends on them. */
  take(bytes: number, place: () => FieldPlace): void {
    this.#taken += bytes
    const fits = this.#taken <= this.max
    if (fits && bytes <= SHORT_BYTES) return
    if (this.#placed.length < MAX_PLACED) this.#placed.push({ ...place(), bytes })
    if (!fits) throw this.refuse(place().field)
  }

  refuse(field: string): AnswerTooLarge {
    this.#tooLarge ??= new AnswerTooLarge(field, this)
    return this.#tooLarge
  }

  suggestions(): Suggestion[] {
    return smallerPages(this.#placed, this.max - this.#taken)
  }
}

const argumentOf = ({ list, rows }: Suggestion) =>
  list === REST_PAGE ? `\`per_page=${rows}\`` : `\`first: ${rows}\` of \`${list}\``

/** The error builds its message when it is reported, because the sizes of all fields are known only then. */
export class AnswerTooLarge extends AppError {
  readonly #field: string
  readonly #size: Pick<AnswerSize, 'max' | 'suggestions'>

  constructor(field: string, size: Pick<AnswerSize, 'max' | 'suggestions'>) {
    super('TOO_LARGE', '')
    this.#field = field
    this.#size = size
    Object.defineProperty(this, 'message', { get: () => this.#describe() })
  }

  /**
   * The same error in REST's names. `root` is the place in the document that holds REST's answer: a list there is REST's page.
   */
  seenFrom(root: string): AnswerTooLarge {
    const below = (name: string) =>
      name.startsWith(`${root}.`) ? name.slice(root.length + 1).replace(/^rows\./, '') : name
    const size = this.#size
    const seen = {
      max: size.max,
      suggestions: () => {
        const all = size.suggestions()
        return all.every(({ list }) => list === root) ? all.map((one) => ({ ...one, list: REST_PAGE })) : []
      },
    }
    return new AnswerTooLarge(below(this.#field), seen)
  }

  /** For each list that must be shorter, a number of rows such that any page of this size fits. */
  get suggestions(): readonly Suggestion[] {
    return this.#size.suggestions()
  }

  #describe(): string {
    const { suggestions } = this
    const advice =
      suggestions.length > 0 ? `ask for ${suggestions.map(argumentOf).join(' and ')}` : 'ask for less of it at once'
    return `The answer would hold more than ${this.#size.max} bytes with \`${this.#field}\`: ${advice}`
  }
}

/** The name of the only list with pages in an answer of REST. */
export const REST_PAGE = ''

const newSize = ({ maxAnswerBytes = MAX_ANSWER_BYTES }: Context) => new AnswerSize(maxAnswerBytes)

export function answerSize(context: Context): AnswerSize {
  context.answerSize ??= newSize(context)
  return context.answerSize
}

/** The same request with an empty answer. */
export const newAnswer = (context: Context): Context => ({ ...context, made: new Map(), answerSize: newSize(context) })

/** Counts the rows of a list that the viewer sees. */
export function takeRows(context: Context, rows: number, field: string): void {
  answerSize(context).take(rows * ROW_BYTES, () => ({ field, at: [] }))
}

/**
 * Throws when the serialised answer is larger than the counted texts can make it. A safeguard in case a field counts too little.
 */
export function assertAnswerFits(context: Context, serialisedBytes: number): void {
  const size = answerSize(context)
  if (size.tooLarge) throw size.tooLarge
  if (serialisedBytes > size.max * GROWTH_IN_JSON) throw size.refuse('answer')
}
