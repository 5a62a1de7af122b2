import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

type Received = { to: string; raw: string; parsed: ParsedMail }

export type MailServer = {
  url: string
  port: number
  mails: Received[]
  to: (address: string) => Received[]
  stop: () => Promise<void>
}

type Answers = {
  port?: number
  /** The status for an address; null: the mail is taken. */
  answer?: (address: string) => number | null
  /** Whether mails are parsed, which takes longer than to send them. Otherwise the parts of each are empty. */
  parses?: boolean
  onMail?: (mail: Received) => void
}

/** A real SMTP server, which ends with the test. */
export async function startMailServer(answers: Answers = {}): Promise<MailServer> {
  const { port = 0, answer = () => null, parses = true, onMail } = answers
  const mails: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    // Otherwise its end waits for the connections that clients keep.
    closeTimeout: 100,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      const responseCode = answer(address)
      done(responseCode === null ? null : Object.assign(new Error('no such mailbox'), { responseCode }))
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString('latin1')
        const received = {
          to: envelope.rcptTo[0]?.address ?? '',
          raw,
          parsed: await simpleParser(parses ? Buffer.concat(chunks) : ''),
        }
        mails.push(received)
        onMail?.(received)
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const taken = (server.server.address() as AddressInfo).port
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= new Promise<void>((resolve) => server.close(resolve))
    return stopped
  }
  onTestFinished(stop)
  return {
    url: `smtp://127.0.0.1:${taken}`,
    port: taken,
    mails,
    to: (address) => mails.filter((mail) => mail.to === address),
    stop,
  }
}
