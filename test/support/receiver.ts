import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

type Received = { path: string; headers: IncomingHttpHeaders; text: string; at: number }

export type Receiver = {
  url: string
  received: Received[]
  /** Waits until so many requests have come that the condition admits. */
  count: (least: number, admits?: (one: Received) => boolean, ms?: number) => Promise<Received[]>
}

type Answer = (response: ServerResponse, received: Received, at: number) => void

/** A server that takes webhooks. Without an answer it says 200. */
export async function startReceiver(
  answer: Answer = (response) => void response.end('taken'),
  { host = '127.0.0.1', port = 0 } = {},
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const { url: path = '', headers } = request
      const one = { path, headers, text: Buffer.concat(chunks).toString(), at: Date.now() }
      received.push(one)
      answer(response, one, received.length - 1)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const count: Receiver['count'] = async (least, admits = () => true, ms = 20_000) => {
    const end = Date.now() + ms
    while (received.filter(admits).length < least && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20))
    return received.filter(admits)
  }
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, received, count }
}
