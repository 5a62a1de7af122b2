// The demo as its first start makes it: its mails stay in a mailbox, and its webhook leads to a receiver of its own.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { newDataDir, readDemo, serve, until } from './serve-world.ts'

const MAILBOX = '/-/demo/mailbox'
const TAG = 'zqx-1'

async function read(url: string, token: string | null = null) {
  const headers: Record<string, string> = { accept: 'text/html', ...(token === null ? {} : { 'private-token': token }) }
  const response = await fetch(url, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('a release of the demo is mailed into the mailbox, for each reader alone, and told to the receiver', async () => {
  const dataDir = await newDataDir()
  const env = { DATA_DIR: dataDir }
  const first = serve(env)
  const url = await first.listening()
  const { tokens } = await readDemo(dataDir)
  const publish = (project: string) =>
    ask<{ releaseCreate: { errors: string[] } }>(
      url,
      `mutation { releaseCreate(input: { projectPath: "${project}", tagName: "${TAG}", ref: "main",
        description: "<script>alert(1)</script> Told notes" }) { errors } }`,
      tokens.developer,
    )
  for (const project of ['demo/waybill', 'demo/secret']) {
    expect((await publish(project)).data.releaseCreate.errors).toEqual([])
  }
  const mailbox = async (token: string | null) => (await read(url + MAILBOX, token)).text
  const mailsIn = (text: string) => text.match(/mailbox\/[\d-]+\.html/g) ?? []
  await until(async () => mailsIn(await mailbox(tokens.guest)).length === 2)
  await until(async () => mailsIn(await mailbox(tokens.maintainer)).length === 2)

  const [guest, maintainer] = [await mailbox(tokens.guest), await mailbox(tokens.maintainer)]
  expect(guest).toContain('Gus Example &lt;gus@example.com&gt;')
  expect(maintainer).toContain('Ada Example &lt;ada@example.com&gt;')
  for (const text of [guest, maintainer]) expect(text).not.toContain('<script>alert')
  // The Guest reads the tag in the public project alone.
  const ofSecret = (text: string) => text.split('<li>').filter((mail) => mail.includes('Secret'))
  expect(ofSecret(guest)).toHaveLength(1)
  expect(ofSecret(guest).join()).not.toContain(TAG)
  expect(ofSecret(maintainer).join()).toContain(TAG)
  expect(guest).not.toContain('ada@example.com')
  expect(mailsIn(await mailbox(tokens.developer))).toEqual([])
  const nobody = await mailbox(null)
  expect([mailsIn(nobody), nobody.includes('Whoever is signed in sees')]).toEqual([[], true])

  const [one = ''] = mailsIn(guest)
  const shown = await read(`${url}/-/demo/${one}`, tokens.guest)
  expect([shown.status, shown.headers.get('content-security-policy')]).toEqual([
    200,
    expect.stringMatching(/^sandbox; default-src 'none';/),
  ])
  expect(shown.text).not.toContain('<script')
  for (const token of [tokens.maintainer, tokens.developer, null]) {
    expect((await read(`${url}/-/demo/${one}`, token)).status).toBe(404)
  }
  const kept = path.join(dataDir, 'demo-mails')
  const [file = ''] = await readdir(kept)
  expect([(await stat(kept)).mode & 0o777, (await stat(path.join(kept, file))).mode & 0o777]).toEqual([0o700, 0o600])

  type Hooks = {
    project: { webhooks: { nodes: { url: string; deliveries: { nodes: { responseStatus: number }[] } }[] } }
  }
  const hooks = async (at: string) =>
    (
      await ask<Hooks>(
        at,
        `{ project(fullPath: "demo/waybill") { webhooks { nodes {
      url deliveries { nodes { responseStatus responseBody } } } } } }`,
        tokens.maintainer,
      )
    ).data.project.webhooks.nodes
  await until(
    async () => (await hooks(url))[0]?.deliveries.nodes.some(({ responseStatus }) => responseStatus === 200) ?? false,
  )
  expect(JSON.stringify(await hooks(url))).toContain('Release Hook')
  const page = await read(`${url}/demo/waybill/-/hooks`, tokens.maintainer)
  expect(page.text).toContain('Receiver of the demo')

  first.kill('SIGTERM')
  await first.ended
  const again = serve(env)
  const newUrl = await again.listening()
  expect((await hooks(newUrl)).map((hook) => hook.url)).toEqual([`${newUrl}/-/demo/receiver`])
  expect(mailsIn((await read(newUrl + MAILBOX, tokens.guest)).text)).toHaveLength(2)
}, 180_000)
