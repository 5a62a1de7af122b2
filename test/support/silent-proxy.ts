import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type SilentProxy = {
  /** The URL of the database through the proxy. */
  url: string
  /** From now on the proxy drops what comes on open connections, and with `all` on new ones, too, without notice to anybody. */
  swallow: (which: 'open' | 'all') => void
  /** New connections work again. Connections whose packets were dropped stay dead. */
  heal: () => void
}

/** Like a firewall that has lost its memory, or a network that is down: no packet comes back, not even a refusal. */
export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = new URL(databaseUrl)
  const open = new Set<{ swallows: boolean; sockets: Socket[] }>()
  let swallowsAll = false
  const server = createServer((client) => {
    const onward = connect(Number(target.port), target.hostname)
    const connection = { swallows: swallowsAll, sockets: [client, onward] }
    open.add(connection)
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => void (connection.swallows || to.write(bytes)))
      from.on('close', () => void (connection.swallows || to.destroy()))
      from.on('error', () => undefined)
    }
    pass(client, onward)
    pass(onward, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const { sockets } of open) for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    swallow(which) {
      swallowsAll = which === 'all'
      for (const connection of open) connection.swallows = true
    },
    heal() {
      swallowsAll = false
    },
  }
}
