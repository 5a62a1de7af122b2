// What no input may hold, whatever it means.
import { invalid } from './errors.ts'

/** Above what people and scripts list in one go, below what would occupy the server for seconds. */
const MAX_ITEMS = 1000

/** UTF-8, and so the database, cannot hold half of a surrogate pair: it would come back as something else. */
export function assertWhole(text: string, path: string): void {
  if (!text.isWellFormed()) throw invalid(`"${path}" holds half of a character: it must be Unicode text`)
}

/** Throws when a list in it is too long or a text is no Unicode. */
export function assertWithinLimits(input: object, path = ''): void {
  for (const [name, value] of Object.entries(input)) assertValue(value, `${path}${name}`)
}

function assertValue(value: unknown, path: string): void {
  if (typeof value === 'string') assertWhole(value, path)
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    throw invalid(`"${path}" has ${value.length} items: a list may have at most ${MAX_ITEMS}`)
  }
  if (typeof value === 'object' && value !== null) assertWithinLimits(value, `${path}.`)
}
