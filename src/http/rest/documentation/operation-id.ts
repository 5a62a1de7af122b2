import { z } from 'zod'
import type { Endpoint } from '../kit/endpoint.ts'

const verbs = { get: 'get', post: 'create', put: 'update', delete: 'delete' } as const

const singular = (word: string) => word.replace(/ies$/, 'y').replace(/(?<=ch)es$|(?<!s)s$/, '')
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const pascalCase = (text: string) => text.split('_').map(capitalised).join('')

const isList = ({ answers }: Endpoint) => answers[200] instanceof z.ZodArray

/**
 * The name of the operation in generated clients, such as `listProjectReleases`. It is made from the method and the words of the
 * path. An endpoint may set another name when this name reads badly. A name must never change, because clients call it.
 */
export function operationIdOf(endpoint: Endpoint): string {
  const { method, path, operationId } = endpoint
  if (operationId !== undefined) return operationId
  const words = path.split('/').filter((segment) => segment !== '' && !segment.startsWith(':'))
  const lists = method === 'get' && isList(endpoint)
  const names = words.map((word, at) => pascalCase(lists && at === words.length - 1 ? word : singular(word)))
  return `${lists ? 'list' : verbs[method]}${names.join('')}`
}
