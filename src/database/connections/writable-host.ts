import type { DatabaseHost } from './database-url.ts'

/** By URL: the host that took writes when a connection was made last. */
const known = new Map<string, DatabaseHost>()

export const rememberHost = (url: string, host: DatabaseHost): void => void known.set(url, host)
/** It could not be reached, or takes no writes any more. */
export const forgetHost = (url: string): void => void known.delete(url)

/** The first of the hosts that says so; all are asked at once, as one that is silent would hold up the others. */
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
