// The rules for links (docs/contract/links.md#rules). Pure functions.
import { type AttributeProblems, RuleViolation } from '../../foundation/errors.ts'
import { parseUrl } from '../../foundation/parse-url.ts'
import { isBlank, lengthProblems } from '../../foundation/rules.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'

export type LinkValues = { name: string; url: string; filepath: string | null }

/** The segments `.` and `..`. A client resolves them and asks for another path. */
const STEPS = /(?:^|\/)\.{1,2}(?:\/|$)/

/** Characters that show neither in a URL that people copy nor in a terminal. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/u

/**
 * A slash and another character; then ASCII letters, digits and `_-.` with single slashes between them; last a letter or digit.
 */
const FILEPATH = /^\/[^/](?:\/?[A-Za-z0-9_.-])*\/?[A-Za-z0-9]$/u
const SHORTEST_FILEPATH = 4

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text)

function isAllowedUrl(url: string): boolean {
  if (!/^(?:https?|ftp):\/\/[^/?#]/i.test(url) || /\s/.test(url)) return false
  try {
    return new URL(url).hostname !== ''
  } catch {
    return false
  }
}

/** The URL as the header of a redirect sends it. There a character outside of ASCII takes more room. */
const asSent = (url: string) => (isAscii(url) ? url : (parseUrl(url)?.href ?? url))

function filepathProblem(filepath: string): string | null {
  // Counts characters like the database: an emoji is one character.
  const [tooLong] = lengthProblems('Filepath', maxCharacters.filepath, filepath)
  if (tooLong) return tooLong
  const fits = [...filepath].length >= SHORTEST_FILEPATH && FILEPATH.test(filepath) && !INVISIBLE.test(filepath)
  if (fits && STEPS.test(filepath)) return 'Filepath must not have "." or ".." as a segment'
  return fits ? null : 'Filepath is in an invalid format'
}

/** A full sentence for each rule that the link breaks. Only the database knows whether the values are unique. */
export function linkProblems({ name, url, filepath }: LinkValues, stored: { url?: string } = {}): string[] {
  const problems = [
    isBlank(name) ? "Name can't be blank" : null,
    ...lengthProblems('Name', maxCharacters.name, name),
    url.trim() === '' ? "Url can't be blank" : null,
    // A long URL stays if it was stored before there was a limit.
    ...(url === stored.url ? [] : lengthProblems('Url', maxCharacters.url, asSent(url))),
    url.trim() !== '' && !isAllowedUrl(url) ? 'Url is blocked: Only allowed schemes are http, https, ftp' : null,
    filepath === null ? null : filepathProblem(filepath),
  ]
  return problems.filter((problem) => problem !== null)
}

const repeated = (values: readonly (string | null)[]): string[] => {
  const [seen, twice] = [new Set<string>(), new Set<string>()]
  for (const value of values.filter((given) => given !== null)) (seen.has(value) ? twice : seen).add(value)
  return [...twice]
}

const inLowerCase = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** Each problem by the place of its link and the name of the value, such as `links.0.url`. */
const byLink = (problems: readonly (readonly string[])[]): AttributeProblems => {
  const told: Record<string, string[]> = {}
  for (const [at, sentences] of problems.entries()) {
    for (const sentence of sentences) {
      const [name = ''] = sentence.split(' ', 1)
      const attribute = `links.${at}.${inLowerCase(name)}`
      told[attribute] = [...(told[attribute] ?? []), sentence.slice(name.length + 1)]
    }
  }
  return told
}

/** Refuses links that are made together, with all their problems and all values that they have twice. */
export function assertLinksValid(links: readonly LinkValues[]): void {
  const twice = [
    ...repeated(links.map(({ name }) => name)),
    ...repeated(links.map(({ url }) => url)),
    ...repeated(links.map(({ filepath }) => filepath)),
  ]
  const wrong = links.map((link) => linkProblems(link))
  const problems = wrong.flat().map((problem) => `Links ${inLowerCase(problem)}`)
  const attributes: Record<string, readonly string[]> = { ...byLink(wrong) }
  if (twice.length > 0) {
    problems.push(`Links have duplicate values (${twice.join(', ')})`)
    attributes.links = [`have duplicate values (${twice.join(', ')})`]
  }
  if (problems.length === 0) return
  throw new RuleViolation('INVALID', `Validation failed: ${[...new Set(problems)].join(', ')}`, attributes)
}
