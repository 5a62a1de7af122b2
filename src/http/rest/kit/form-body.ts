// Parses `application/x-www-form-urlencoded` from bytes, because URLSearchParams would silently replace malformed text.
import { decodeText, MalformedText, percentDecoded } from '../../../foundation/text-decoding.ts'
import { type Fields, nestFields } from './nested-fields.ts'
import { countPairs, MAX_FIELDS, tooManyFields } from './read-body.ts'
import { badRequest } from './rest-errors.ts'

const bytesOf = (text: string): Buffer => percentDecoded(text.replaceAll('+', ' '))

function decode(text: string, charset: string, what: string): string {
  try {
    return decodeText(bytesOf(text), charset)
  } catch (error) {
    throw error instanceof MalformedText ? badRequest(`${what} ${error.problem} of its value`) : error
  }
}

function readPair(pair: string, charset: string): [string, string] {
  const at = pair.indexOf('=')
  const name = decode(at < 0 ? pair : pair.slice(0, at), charset, 'The name of a field')
  return [name, at < 0 ? '' : decode(pair.slice(at + 1), charset, name.slice(0, 100))]
}

export function parseForm(body: Buffer, charset: string): Fields {
  // `readBytes` has counted the fields only if the content type declares a form.
  if (countPairs(body) > MAX_FIELDS) throw tooManyFields()
  const pairs = body.toString('latin1').split('&')
  return nestFields(pairs.filter((pair) => pair !== '').map((pair) => readPair(pair, charset)))
}
