import type { GraphqlError } from '../support/client.ts'

type Place = NonNullable<GraphqlError['path']>

/** The place of the answer that is null because of an error at the path. */
function nullPlace(data: unknown, path: Place): Place {
  let value = data
  for (const [at, key] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, at)
    value = (value as Record<string | number, unknown>)[key]
  }
  return path
}

/**
 * What two answers to one query have in common: their errors without the request ID, sorted, because
 * fields that fail at the same time are listed as they failed. When a field that may not be null fails, the place above it is null.
 * Other errors below this place are listed or not, as time has it, so the place stands for all of them.
 */
export function toldErrors({ data, errors = [] }: { data?: unknown; errors?: GraphqlError[] }): string[] {
  const told = errors.map(({ message, path, extensions }) => {
    const place = path && nullPlace(data, path)
    const isBelowNull = path !== undefined && place !== undefined && place.length < path.length
    return JSON.stringify(
      isBelowNull ? { place } : { message, path, extensions: { ...extensions, requestId: undefined } },
    )
  })
  return [...new Set(told)].sort()
}
