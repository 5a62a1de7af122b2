import type { DatabaseHost } from './database-url.ts'

/** By URL: the host that accepted writes when the last connection was made. */
const known = new Map<string, DatabaseHost>()

export const rememberHost = (url: string, host: DatabaseHost): void => void known.set(url, host)
/** Called when the host cannot be reached or no longer accepts writes. */
export const forgetHost = (url: string): void => void known.delete(url)

/** The first host that accepts writes. We ask all at once, because a silent host would hold up the others. */
export async function findWritableHost(
  url: string,
  hosts: readonly DatabaseHost[],
  assertWritable: (host: DatabaseHost) => Promise<void>,
): Promise<DatabaseHost> {
  const host = known.get(url)
  if (host) return host
  return Promise.any(hosts.map((candidate) => assertWritable(candidate).then(() => candidate))).catch(
    ({ errors }: AggregateError) => {
      throw errors[0]
    },
  )
}
