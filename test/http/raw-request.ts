// Requests with bytes that `fetch` would not send.
import { request } from 'node:http'

export type Answer = { status: number; text: string; body: Record<string, unknown> }

type Sender = { url: string; token: string | null }

export const bytesOfText = (text: string) => Buffer.from(text).toString('latin1')
export const bytes = (text: string) => Buffer.from(text, 'latin1')

/** Sends one request as it is. */
export function send(
  { url, token }: Sender,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: Buffer | undefined } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const sent = request(
      { hostname, port, method, path, headers: { 'private-token': token ?? '', ...headers } },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          const body = /json/.test(response.headers['content-type'] ?? '') && text ? JSON.parse(text) : {}
          resolve({ status: response.statusCode ?? 0, text, body })
        })
      },
    )
    sent.on('error', reject)
    if (body) sent.setHeader('content-length', body.length)
    sent.end(body)
  })
}

export const JSON_TYPE = 'application/json'
