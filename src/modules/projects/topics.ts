import { isBlank, lengthProblems } from '../../foundation/rules.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'

export const MAX_TOPICS = 20

/** The rules for the topics of a project. Absent topics break none. */
export function topicProblems(topics: readonly string[] | undefined): string[] {
  if (topics === undefined) return []
  const problems = topics.flatMap((topic) => [
    ...(isBlank(topic) ? ["Topics can't be blank"] : []),
    ...lengthProblems('A topic', maxCharacters.name, topic),
  ])
  if (topics.length > MAX_TOPICS) problems.push(`Topics are too many (maximum is ${MAX_TOPICS})`)
  if (new Set(topics).size < topics.length) problems.push('Topics must differ')
  return [...new Set(problems)]
}
