import type { GraphqlError, RequestOptions } from './client.ts'

type StreamResult<Data> = { data?: Data | null; errors?: GraphqlError[] }

export type Stream<Data> = {
  /** The answer is held, because otherwise its unread body is collected as garbage and the stream ends. */
  answer: Response
  headers: Headers
  /** The next result; null when the stream is complete. */
  next: () => Promise<StreamResult<Data> | null>
  /** Everything that comes until the stream is complete. */
  rest: () => Promise<StreamResult<Data>[]>
  close: () => void
}

type Request = RequestOptions & { variables?: Record<string, unknown>; method?: 'GET' | 'POST' }

function send(url: string, body: { query: string; variables: unknown }, { token, path, method, headers }: Request) {
  const aborter = new AbortController()
  const init = {
    signal: aborter.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token ? { 'private-token': token } : {}),
      ...headers,
    },
  }
  const address = url + (path ?? '/api/graphql')
  const search = new URLSearchParams({ query: body.query, variables: JSON.stringify(body.variables) })
  const response =
    method === 'GET'
      ? fetch(`${address}?${search}`, init)
      : fetch(address, { ...init, method: 'POST', body: JSON.stringify(body) })
  return { response, close: () => aborter.abort() }
}

/** The events of a stream, each with its type and data. Comments, which keep the stream alive, are left out. */
async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{ type: string; data: string }> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const type = /^event: ?(.*)$/m.exec(block)?.[1]
      if (type) yield { type, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? '' }
    }
  }
}

/** Subscribes as a client does, over HTTP by server-sent events. The subscription is open when this returns. */
export async function subscribe<Data = Record<string, unknown>>(
  { url }: { url: string },
  query: string,
  { variables = {}, ...options }: Request = {},
): Promise<Stream<Data>> {
  const { response, close } = send(url, { query, variables }, options)
  const answer = await response
  const { headers, body } = answer
  if (!body) throw new Error('the answer has no body')
  const events = parseEvents(body)
  const next = async (): Promise<StreamResult<Data> | null> => {
    const { done, value } = await events.next()
    if (done) throw new Error('the stream broke off')
    return value.type === 'complete' ? null : (JSON.parse(value.data) as StreamResult<Data>)
  }
  const rest = async () => {
    const results = []
    for (let result = await next(); result; result = await next()) results.push(result)
    return results
  }
  return { answer, headers, next, rest, close }
}
