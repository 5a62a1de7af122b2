import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

type ProxyOptions = {
  /** The server to which the proxy passes requests. */
  to: string
  /** The address that it connects from. */
  from?: string
  /** The scheme that the proxy reports. */
  scheme?: string
}

/** An ordinary reverse proxy: it adds the address that it sees, and reports the scheme and host of the request. */
export async function startProxy({ to, from = '127.0.0.1', scheme = 'https' }: ProxyOptions): Promise<string> {
  const server = createServer((request, response) => {
    const { headers, method, url, socket } = request
    const seen = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ')
    const passed = {
      'x-forwarded-proto': scheme,
      'x-forwarded-host': headers.host,
      ...headers,
      host: new URL(to).host,
      'x-forwarded-for': seen,
    }
    const onward = send(to + url, { method, headers: passed, localAddress: from }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Sent = { from?: string; method?: string; headers?: Record<string, string>; body?: string }

/** Sends one request from an address of this machine. `fetch` chooses the address itself, and sets no Host. */
export function sendFrom(
  url: string,
  { from = '127.0.0.1', method = 'GET', headers = {}, body }: Sent = {},
): Promise<{ status: number; headers: Record<string, string>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, localAddress: from, agent: false }, async (answer) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers as Record<string, string>, text })
    })
    request.on('error', reject)
    request.end(body)
  })
}
