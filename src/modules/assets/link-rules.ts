// What makes a link valid (contract/rules.md 3). Pure.
import { RuleViolation } from '../../errors.ts'
import { isBlank } from '../../rules.ts'

export type LinkValues = { name: string; url: string; filepath: string | null }

const MAX_FILEPATH_CHARACTERS = 128
const MAX_NAME_CHARACTERS = 255

/** One slash, no slash, then single slashes between ASCII letters, digits and `_-.`; a letter or digit at the end. */
const FILEPATH = /^\/[^/](?:\/?[A-Za-z0-9_.-])*\/?[A-Za-z0-9]$/u
const SHORTEST_FILEPATH = 4

function isAllowedUrl(url: string): boolean {
  if (!/^(?:https?|ftp):\/\/[^/?#]/i.test(url) || /\s/.test(url)) return false
  try {
    return new URL(url).hostname !== ''
  } catch {
    return false
  }
}

function filepathProblem(filepath: string): string | null {
  // As the database counts: an emoji is one.
  const { length } = [...filepath]
  if (length > MAX_FILEPATH_CHARACTERS) {
    return `Filepath is too long (maximum is ${MAX_FILEPATH_CHARACTERS} characters)`
  }
  const fits = length >= SHORTEST_FILEPATH && FILEPATH.test(filepath)
  return fits ? null : 'Filepath is in an invalid format'
}

/** A full sentence per rule that the link breaks by itself. That its values are unique is for the database to say. */
export function linkProblems({ name, url, filepath }: LinkValues): string[] {
  const problems = [
    isBlank(name) ? "Name can't be blank" : null,
    name.length > MAX_NAME_CHARACTERS ? `Name is too long (maximum is ${MAX_NAME_CHARACTERS} characters)` : null,
    url.trim() === '' ? "Url can't be blank" : null,
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
    .flatMap(linkProblems)
    .map((problem) => `Links ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`)
  if (twice.length > 0) problems.push(`Links have duplicate values (${twice.join(', ')})`)
  if (problems.length > 0) throw new RuleViolation('INVALID', `Validation failed: ${[...new Set(problems)].join(', ')}`)
}
