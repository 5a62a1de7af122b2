// Refuses URLs whose percent-encoded bytes are not UTF-8, because the parts of the server would each read such bytes in another
// way. Node itself refuses unencoded bytes above ASCII.
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

/** Describes the part of the path or query that is not UTF-8 when decoded; null when everything is UTF-8. */
export function urlProblem(url: string): string | null {
  // Nearly every URL ends here, because it has no byte above ASCII.
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
