// The receiver of the guide, as it stands there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { takePort } from '../process/serve-world.ts'
import { readText } from './pages.ts'

test("the guide's receiver takes a signed event once, and refuses one that is not", async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readText('docs/guide/webhooks.md')) ?? []
  const file = fileURLToPath(new URL(`./receiver-${process.pid}.mjs`, import.meta.url))
  await writeFile(file, code)
  onTestFinished(() => rm(file))
  const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
  const { port, release } = await takePort()
  await release()
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  await once(child.stdout, 'data')
  const body = JSON.stringify({ object_kind: 'release', action: 'create', tag: 'v1' })
  const signature = new Webhook(secret).sign('one', new Date(), body)
  const send = async (text: string) => {
    const time = String(Math.floor(Date.now() / 1000))
    const headers = { 'webhook-id': 'one', 'webhook-timestamp': time, 'webhook-signature': signature }
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: text })).status
  }
  expect([await send(body), await send(body), await send(`${body} `)]).toEqual([204, 204, 400])
  expect(printed.match(/release create v1/g)).toHaveLength(1)
})
