import { invalid } from './errors.ts'
import { maxCharacters } from './text-limits.ts'

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
/** `<path>.git` is the address of a repository and `<path>.atom` the address of a feed. */
const TAKEN_ENDING = /\.(?:git|atom)$/i
/** The server's own addresses begin with these segments. */
const RESERVED = new Set(['api', 'graphql', 'health', 'metrics', 'ready'])

function problemOf(segment: string, index: number): string | null {
  if (segment === '') return 'is empty'
  if (segment.length > maxCharacters.path) return `is longer than ${maxCharacters.path} characters`
  if (!SEGMENT.test(segment)) {
    return 'may only hold letters, digits, "_", "-" and ".", and must begin with a letter, a digit or "_"'
  }
  if (TAKEN_ENDING.test(segment)) return 'must not end with .git or .atom'
  return index === 0 && RESERVED.has(segment.toLowerCase()) ? 'is a name of the server itself' : null
}

/** Full sentences about what is wrong with the last segment of a group's or project's path. `above` is its parent group. */
export function pathProblems(
  segment: string,
  above: { fullPath: string; ancestorIds: readonly number[] } | null,
): string[] {
  const problem = problemOf(segment, above?.ancestorIds.length ?? 0)
  if (problem) return [`The path '${segment.slice(0, 100)}' ${problem}`]
  if (!above || above.fullPath.length + 1 + segment.length <= maxCharacters.fullPath) return []
  return [`The path is too long together with the groups above it (maximum is ${maxCharacters.fullPath} characters)`]
}

/** Whether the percent-decoded segments could be the full path of a group, or its beginning. */
export const couldBeNames = (segments: readonly string[]): boolean =>
  segments.every((segment, index) => problemOf(segment, index) === null)

export const couldBeProject = (segments: readonly string[]): boolean =>
  segments.length >= 2 && segments.join('/').length <= maxCharacters.fullPath && couldBeNames(segments)

/** Splits `group/subgroup/project` into segments: at least one group, and the project. */
export function parseProjectPath(path: string): string[] {
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const problem = problemOf(segment, index)
    if (problem) throw invalid(`The project path '${path}' is wrong: its segment '${segment}' ${problem}`)
  }
  if (segments.length < 2) throw invalid(`The project path '${path}' is wrong: the group before it is missing`)
  return segments
}
