// What a URL holds besides ASCII, always percent-encoded: Node refuses a byte that is not. Everything behind reads it as UTF-8, and
// each in its own way where it is none.
import { decodeText, MalformedText, percentDecoded } from '../foundation/text-decoding.ts'

function problemOf(part: string): string | null {
  try {
    decodeText(percentDecoded(part))
    return null
  } catch (error) {
    if (error instanceof MalformedText) return error.problem
    throw error
  }
}

const shown = (name: string) => percentDecoded(name).toString('utf8').slice(0, 100)

/** What of a path or a query is not UTF-8, once its percent-encoding is undone; null: nothing. */
export function urlProblem(url: string): string | null {
  // Nearly none holds a byte above ASCII.
  if (!/%[89a-f]/i.test(url)) return null
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  const wrongPath = path
    .split('/')
    .map(problemOf)
    .find((problem) => problem !== null)
  if (wrongPath) return `A segment of the path ${wrongPath} of it`
  const pairs = end < 0 ? [] : url.slice(end + 1).split('&')
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=')
    if (problemOf(name)) return `The name of a parameter ${problemOf(name)} of it`
    const problem = problemOf(value.join('='))
    if (problem) return `${shown(name)} ${problem} of its value`
  }
  return null
}
