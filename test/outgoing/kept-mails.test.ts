import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, inject, test } from 'vitest'
import { createKeptMails } from '../../src/outgoing/kept-mails.ts'

const mailTo = (address: string, subject: string, html = '<p>Hello</p>') => ({
  ...{ to: { name: 'Reader', address }, subject, text: 'Hello', html, messageId: '<1@example.com>' },
  ...{ list: { id: 'a.example.com', name: 'a' }, unsubscribeUrl: 'https://example.com/' },
})

test('the newest 100 mails stay, each is shown to its own address, the newest first, and long ones are cut off', async () => {
  const folder = path.join(await mkdtemp(path.join(inject('scratch'), 'mails-')), 'kept')
  const { mailer, to } = createKeptMails(folder)
  expect(await to('a@example.com')).toEqual([])
  await mailer.send(mailTo('b@example.com', 'first'))
  for (let at = 1; at <= 100; at++)
    await mailer.send(mailTo('a@example.com', `${at}`, 'x'.repeat(at === 100 ? 600_000 : 10)))
  expect(await readdir(folder)).toHaveLength(100)
  const other = createKeptMails(folder)
  const mails = await other.to('A@example.com')
  expect(mails.map(({ subject }) => subject)).toEqual(Array.from({ length: 100 }, (_, at) => `${100 - at}`))
  expect(mails[0]?.html).toHaveLength(500_000)
  expect(await to('b@example.com')).toEqual([])
  await writeFile(path.join(folder, '99999999999999-1-000000001.json'), '{"half')
  expect(await to('a@example.com')).toHaveLength(99)
})
