import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { inTurn, MOST_WAITING } from '../../src/http/requests-in-turn.ts'

const opened: (Server | Socket)[] = []

afterEach(() => {
  for (const one of opened.splice(0)) 'destroy' in one ? one.destroy() : one.closeAllConnections()
})

/** A connection to a server that answers with `answer`. */
async function connection(answer: RequestListener): Promise<{ socket: Socket; received: () => string }> {
  const server = createServer(inTurn(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
  let text = ''
  socket.on('data', (piece: string) => {
    text += piece
  })
  socket.on('error', () => {})
  opened.push(server, socket)
  return { socket, received: () => text }
}

const requestsFor = (...paths: string[]) => paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('')

test('a request is begun when the answer before it on its connection has been sent', async () => {
  let running = 0
  let most = 0
  const { socket, received } = await connection(async ({ url }, response) => {
    most = Math.max(most, ++running)
    await setTimeout(20)
    running -= 1
    response.end(url)
  })
  socket.write(requestsFor('/one', '/two', '/three'))
  await expect.poll(received).toMatch(/\/one[\s\S]*\/two[\s\S]*\/three/)
  socket.write(requestsFor('/four', '/five'))
  await expect.poll(received).toMatch(/\/four[\s\S]*\/five/)
  expect(most).toBe(1)
})

test('a request that waits is not begun when its connection is closed', async () => {
  const begun: (string | undefined)[] = []
  const { socket } = await connection(({ url }) => void begun.push(url))
  socket.write(requestsFor('/one', '/two'))
  await expect.poll(() => begun).toEqual(['/one'])
  socket.destroy()
  await setTimeout(50)
  expect(begun).toEqual(['/one'])
})

test('a connection on which more requests wait than programs send is closed', async () => {
  const { socket } = await connection(() => {})
  socket.write(requestsFor(...Array<string>(MOST_WAITING + 1).fill('/')))
  await setTimeout(100)
  expect(socket.closed).toBe(false)
  socket.write(requestsFor('/one-more'))
  await expect.poll(() => socket.closed).toBe(true)
})
