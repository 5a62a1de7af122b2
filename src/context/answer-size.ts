// What one answer may hold. A field that gives a long text takes its size before the text is read, so that memory is bounded
// whatever is asked for; who asks for too much is told how many rows would do.

import { AppError } from '../foundation/errors.ts'
import { MAX_ANSWER_BYTES } from '../foundation/limits.ts'
import type { Context } from './context.ts'
import { type Place, type PlacedText, type Suggestion, smallerPages } from './smaller-pages.ts'

/** Taken together with what surrounds them: their places do not matter. */
const SHORT_BYTES = 1_000

/** Their places are remembered; of an answer with more, the others count as what every page of it has. */
const MAX_PLACED = 10_000

/** About what a row of a list takes without its long texts. */
const ROW_BYTES = 200

/** JSON may need two bytes for one of a text. */
const GROWTH_IN_JSON = 2

/** What an answer holds so far. */
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

  /** Throws when the answer would hold more than it may; what was not given counts all the same, for the advice. */
  take(bytes: number, place: () => Place): void {
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

/** Its message is made when it is told: by then the sizes of all that was asked for are known. */
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
   * The same as REST tells it, where its answer is what the document has at this place: a page if that is a list, of which
   * REST has no others.
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

  /** Of each list that must be shorter, so many rows that any so many of them fit. */
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

/** How REST's own list is called, which is the only one that has pages there. */
export const REST_PAGE = ''

const newSize = ({ maxAnswerBytes = MAX_ANSWER_BYTES }: Context) => new AnswerSize(maxAnswerBytes)

export function answerSize(context: Context): AnswerSize {
  context.answerSize ??= newSize(context)
  return context.answerSize
}

/** The same request, of which nothing has been answered yet. */
export const newAnswer = (context: Context): Context => ({ ...context, made: new Map(), answerSize: newSize(context) })

/** Counts the rows of a list that the viewer sees. */
export function takeRows(context: Context, rows: number, field: string): void {
  answerSize(context).take(rows * ROW_BYTES, () => ({ field, at: [] }))
}

/** Throws when the answer, serialised, is larger than texts of the allowed size make it: a net behind what the fields took. */
export function assertAnswerFits(context: Context, serialisedBytes: number): void {
  const size = answerSize(context)
  if (size.tooLarge) throw size.tooLarge
  if (serialisedBytes > size.max * GROWTH_IN_JSON) throw size.refuse('answer')
}
