import { invalid } from '../../foundation/errors.ts'
import { lengthProblem, maxCharacters } from '../../foundation/text-limits.ts'

export type PackageFileName = { packageName: string; packageVersion: string; fileName: string }

const ALLOWED = 'letters, digits, ".", "_", "+" and "-"'

/** Characters that need no quoting in a URL, and that every file system allows in a name. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._+-]+$/
const VERSION = /^\.?[A-Za-z0-9_+-]+(?:\.{1,2}[A-Za-z0-9_+-]+)*\.?$/

const rules = [
  ['packageName', 'package_name', NAME, ALLOWED],
  ['packageVersion', 'package_version', VERSION, `${ALLOWED}, such as 1.0.0`],
] as const

/** Characters that do not fit into a header or a terminal, that separate folders on Windows, or that mislead a reader. */
const FORBIDDEN = /["\\\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u

/** Says what is wrong with one segment, in words that follow the name of the parameter. Null when nothing is wrong. */
function problemOf(segment: string): string | null {
  if (segment === '') return 'must not have an empty segment, nor begin or end with a slash'
  if (segment === '.' || segment === '..') return 'must not have "." or ".." as a segment'
  if (segment !== segment.trim()) return 'must not have a segment that begins or ends with a blank'
  if (/^[~@]|[~@]$/.test(segment)) return 'must not have a segment that begins or ends with "~" or "@"'
  if (/%[0-9a-f]{2}/i.test(segment)) return 'must not hold percent-encoding: it was encoded twice'
  return FORBIDDEN.test(segment) ? 'must not hold control characters, quotes or backslashes' : null
}

function assertFileName(fileName: string): void {
  const problem =
    fileName
      .split('/')
      .map(problemOf)
      .find((one) => one !== null) ?? lengthProblem(maxCharacters.name, fileName)
  if (problem) throw invalid(`file_name ${problem}`)
}

/** Names and versions of packages follow GitLab's rules. Names of files may have blanks, brackets, any script and folders. */
export function assertWellNamed(names: PackageFileName): void {
  for (const [field, parameter, pattern, allowed] of rules) {
    if (names[field].length > maxCharacters.name || !pattern.test(names[field])) {
      throw invalid(`${parameter} must have 1 to ${maxCharacters.name} characters: ${allowed}`)
    }
  }
  assertFileName(names.fileName)
}
