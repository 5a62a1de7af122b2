// The address of the database, in libpq's form. It may name several hosts, because a standby may take over.
import { z } from 'zod'
import { parseUrl } from '../../foundation/parse-url.ts'

export type DatabaseHost = { host: string; port: number }

export type DatabaseAddress = {
  hosts: readonly DatabaseHost[]
  /** Whether only a host that accepts writes will do. */
  writable: boolean
  /** The URL with only this host, because the driver does not understand several. */
  urlOf: (host: DatabaseHost) => string
}

const DEFAULT_PORT = 5432
const MAX_HOSTS = 10
const PARTS = /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#]*)(.*)$/is
const HOST = /^(\[[0-9a-f:.]+\]|[^:@[\]\s]*)(?::(\d*))?$/i

const TARGET = 'target_session_attrs'
/** The values of libpq that exclude a standby, because Waybill writes. */
const WRITABLE: ReadonlySet<string> = new Set(['read-write', 'primary'])

class WrongAddress extends Error {
  override readonly name = 'WrongAddress'
}

const SHAPE = 'must look like postgres://user:password@host:5432/name, or with several hosts: host1:5432,host2:5432'

function parseHost(text: string): DatabaseHost {
  const [, host, port] = HOST.exec(text) ?? []
  const number = port ? Number(port) : DEFAULT_PORT
  if (host === undefined || number < 1 || number > 65_535) throw new WrongAddress(SHAPE)
  return { host, port: number }
}

/** Throws a WrongAddress. Its message follows the name of the variable and contains no password. */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const [, scheme, credentials = '', hostList = '', rest = ''] = PARTS.exec(text.trim()) ?? []
  if (scheme === undefined) throw new WrongAddress(SHAPE)
  const named = hostList.split(',')
  const hosts = named.map(parseHost)
  const isSeveral = hosts.length > 1
  if (isSeveral && hosts.some(({ host }) => host === '')) throw new WrongAddress(SHAPE)
  if (hosts.length > MAX_HOSTS) throw new WrongAddress(`may name ${MAX_HOSTS} hosts at most`)

  const urlOf = ({ host, port }: DatabaseHost) => `${scheme}${credentials}${host}${host ? `:${port}` : ''}${rest}`
  const first = hosts[0] as DatabaseHost
  if (parseUrl(urlOf(first)) === null) throw new WrongAddress(SHAPE)
  const target = new URL(urlOf(first)).searchParams.get(TARGET)
  const isAny = target === 'any' && !isSeveral
  if (target !== null && !isAny && !WRITABLE.has(target)) {
    throw new WrongAddress(`has ${TARGET}=${target}: Waybill writes, so it must be read-write or primary`)
  }
  return { hosts, writable: isSeveral || (target !== null && !isAny), urlOf }
}

/** The URL of each host of DATABASE_READ_URL, and its name. */
export function replicaAddresses(text: string): { url: string; name: string }[] {
  const { hosts, urlOf } = parseDatabaseUrl(text)
  return hosts.map((host) => ({ url: urlOf(host), name: `${host.host}:${host.port}` }))
}

/** The value of DATABASE_URL. */
export const DatabaseUrl = z.string().superRefine((text, context) => {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    if (!(error instanceof WrongAddress)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

/** The value of DATABASE_READ_URL. Each of its hosts is a replica. */
export const DatabaseReadUrl = DatabaseUrl.refine((text) => !text.includes(`${TARGET}=`), {
  error: `must not have ${TARGET}: each of its hosts is a replica`,
})
