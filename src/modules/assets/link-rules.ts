// What makes a link valid (contract/rules.md 3). Pure.
import { RuleViolation } from '../../foundation/errors.ts'
import { isBlank, lengthProblems } from '../../foundation/rules.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'

export type LinkValues = { name: string; url: string; filepath: string | null }

/** In a URL they stand for another place, which is then asked for. */
const STEPS = /(?:^|\/)\.{1,2}(?:\/|$)/

/** Nothing that prints: neither a URL that people copy nor a terminal shows it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/u

/** One slash, no slash, then single slashes between ASCII letters, digits and `_-.`; a letter or digit at the end. */
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

/** What is not ASCII takes more room in the header that leads there. */
const asSent = (url: string) => (isAscii(url) || !URL.canParse(url) ? url : new URL(url).href)

function filepathProblem(filepath: string): string | null {
  // As the database counts: an emoji is one.
  const [tooLong] = lengthProblems('Filepath', maxCharacters.filepath, filepath)
  if (tooLong) return tooLong
  const fits = [...filepath].length >= SHORTEST_FILEPATH && FILEPATH.test(filepath) && !INVISIBLE.test(filepath)
  if (fits && STEPS.test(filepath)) return 'Filepath must not have "." or ".." as a segment'
  return fits ? null : 'Filepath is in an invalid format'
}

/** A full sentence per rule that the link breaks by itself. That its values are unique is for the database to say. */
export function linkProblems({ name, url, filepath }: LinkValues, stored: { url?: string } = {}): string[] {
  const problems = [
    isBlank(name) ? "Name can't be blank" : null,
    ...lengthProblems('Name', maxCharacters.name, name),
    url.trim() === '' ? "Url can't be blank" : null,
    // One that was stored before there was a limit stays.
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

/** Of links that are made in one go: the first problem of any of them, or what they have twice. */
export function assertLinksValid(links: readonly LinkValues[]): void {
  const twice = [
    ...repeated(links.map(({ name }) => name)),
    ...repeated(links.map(({ url }) => url)),
    ...repeated(links.map(({ filepath }) => filepath)),
  ]
  const problems = links
    .flatMap((link) => linkProblems(link))
    .map((problem) => `Links ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`)
  if (twice.length > 0) problems.push(`Links have duplicate values (${twice.join(', ')})`)
  if (problems.length > 0) throw new RuleViolation('INVALID', `Validation failed: ${[...new Set(problems)].join(', ')}`)
}
