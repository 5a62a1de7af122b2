import { placeOfByte } from '../../../foundation/json-place.ts'
import { decodeDocument, MalformedText } from '../../../foundation/text-decoding.ts'
import { type Fields, MAX_DEPTH } from './nested-fields.ts'
import { MAX_FIELDS, tooManyFields } from './read-body.ts'
import { badRequest } from './rest-errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

const isOpening = (code: number) => code === 0x7b || code === 0x5b
const isClosing = (code: number) => code === 0x7d || code === 0x5d
const isComma = (code: number) => code === 0x2c

function endOfText(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** Checks the bounds before the body is parsed. Every opening bracket and every comma counts as a value. */
function assertWithinBounds(json: string): void {
  let depth = 0
  let values = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) at = endOfText(json, at)
    else if (isClosing(code)) depth--
    else if (isOpening(code) || isComma(code)) {
      if (isOpening(code) && ++depth > MAX_DEPTH + 1) {
        throw badRequest(`The body is nested too deep: at most ${MAX_DEPTH} levels are allowed`)
      }
      if (++values > MAX_FIELDS) throw tooManyFields()
    }
  }
}

/** Decodes the body. Throws a 400 that names the malformed value. */
export function decodeJson(body: Buffer, charset: string): string {
  try {
    return decodeDocument(body, charset)
  } catch (error) {
    if (!(error instanceof MalformedText)) throw error
    // Any decoding that keeps ASCII will do, because brackets, commas and quotes are ASCII.
    assertWithinBounds(body.toString('latin1'))
    throw badRequest(`${placeOfByte(body, error.offset) ?? 'The body'} ${error.problem} of the body`)
  }
}

export function parseJson(text: string): Fields {
  if (text.trim() === '') return {}
  assertWithinBounds(text)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  } catch {
    // The error below covers a body that is not JSON.
  }
  throw badRequest('The body must be a JSON object')
}
