import { invalid } from '../foundation/errors.ts'

export type Credential = {
  header: 'authorization' | 'job-token'
  value: string
  /** The place where the credential was found, for messages, which never contain the value. */
  source: string
}

export type Server = { url: string; credential: Credential | null }

export type Target = { server: Server; project: string }

/** Either a project or a group. */
export type Namespace = { projectPath?: string | undefined; groupPath?: string | undefined }

/** Sends the credential only to the server itself, and not to another scheme, host or port. */
export function credentialHeaders({ url, credential }: Server, target: URL): Record<string, string> {
  if (!credential || target.origin !== new URL(url).origin) return {}
  return { [credential.header]: credential.value }
}

/** A URL for messages, without the parts that may hold a secret, as in signed URLs. */
export const withoutSecrets = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/** Replaces control characters, so that a server's text cannot control the terminal. */
export const printable = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '�')

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.message || cause?.code || message
}

/** The connection failed before or during the answer. */
export const unreachable = (url: URL, error: unknown): Error =>
  invalid(`Cannot reach ${withoutSecrets(url)} (${reasonOf(error)}). Does it run, and is the address right?`)

/** The answer ended too early. */
export const cutOff = (fileName: string, error: unknown): Error =>
  invalid(`Receiving ${fileName} failed: ${reasonOf(error)}. Try again.`)

/** Returns redirects as answers, because the caller decides what to send to another address. */
export async function send(url: URL, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual' }).catch((error) => {
    throw unreachable(url, error)
  })
}

export function missingProject({ server: { url, credential }, project }: Target): Error {
  const advice = credential
    ? `or ${credential.source} may not read it`
    : 'or it is not public: set WAYBILL_TOKEN, or --token'
  return invalid(`There is no project '${project}' at ${url}, ${advice}`)
}
