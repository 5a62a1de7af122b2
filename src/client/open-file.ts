import { invalid } from '../foundation/errors.ts'
import { credentialHeaders, type Server, send, withoutSecrets } from './server-connection.ts'

const MAX_REDIRECTS = 10

export type OpenFile = {
  /** The final URL, after redirects. */
  url: URL
  response: Response
  ownServer: boolean
}

const isRedirect = ({ status }: Response) => [301, 302, 303, 307, 308].includes(status)

function assertWeb(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return
  throw invalid(`${withoutSecrets(url)} is no http or https URL: fetch it with another tool`)
}

function refuse({ url: serverUrl, credential }: Server, url: URL, status: number, trusted: boolean): Error {
  const place = `${withoutSecrets(url)} answers ${status}`
  if (![401, 403, 404].includes(status)) return invalid(place)
  if (!credential) return invalid(`${place}: it may need a token, WAYBILL_TOKEN or --token`)
  if (trusted) return invalid(`${place}: ${credential.source} may not read it, or it is gone`)
  return invalid(`${place}: ${credential.source} was not sent there, as it is for ${serverUrl} alone`)
}

/**
 * Opens a file for reading. We follow redirects by hand, so that the credential goes to no other server, and so that no other
 * server can have it sent to an address of its choice on ours.
 */
export async function openFile(server: Server, address: string, signal: AbortSignal): Promise<OpenFile> {
  let url = new URL(address)
  let trusted = true
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    assertWeb(url)
    const ownServer = url.origin === new URL(server.url).origin
    trusted &&= ownServer
    const credential = trusted ? credentialHeaders(server, url) : {}
    const headers = { accept: '*/*', 'accept-encoding': 'identity', ...credential }
    const response = await send(url, { headers, signal })
    const location = response.headers.get('location')
    if (response.ok) return { url, response, ownServer }
    await response.body?.cancel()
    if (!isRedirect(response) || !location) throw refuse(server, url, response.status, trusted)
    url = new URL(location, url)
  }
  throw invalid(`${withoutSecrets(new URL(address))} redirects more than ${MAX_REDIRECTS} times`)
}
