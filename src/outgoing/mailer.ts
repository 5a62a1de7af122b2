import { createTransport } from 'nodemailer'

export type Mail = {
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  messageId: string
  /** The identifier and the name of the list that the mail belongs to. */
  list: { id: string; name: string }
  unsubscribeUrl: string
}

export type Mailer = {
  /** Null when the mail server has taken the mail, or else why it refused it for good. Throws when it may be tried again. */
  send: (mail: Mail) => Promise<string | null>
  close: () => void
}

const CONNECTIONS = 5
const CONNECT_MS = 10_000
const SILENT_MS = 60_000

type SmtpError = Error & { responseCode?: number; command?: string }

/** What the server says of the sender or the password concerns every mail, so it does not refuse this one for good. */
const isRefusal = ({ responseCode = 0, command = '' }: SmtpError) =>
  responseCode >= 500 && ['RCPT TO', 'DATA'].includes(command)

/** Sends mails by the server at this URL. `smtps:` encrypts from the beginning, `smtp:` as soon as the server can. */
export function createMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({
    ...{ url, pool: true, maxConnections: CONNECTIONS },
    ...{ connectionTimeout: CONNECT_MS, dnsTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENT_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  } as Parameters<typeof createTransport>[0])
  return {
    async send({ list, unsubscribeUrl, ...mail }) {
      try {
        await transport.sendMail({
          ...{ ...mail, from },
          list: { id: { url: list.id, comment: list.name }, unsubscribe: unsubscribeUrl },
          headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', 'Auto-Submitted': 'auto-generated' },
        })
        return null
      } catch (error) {
        if (isRefusal(error as SmtpError)) return (error as SmtpError).message
        throw error
      }
    },
    close: () => transport.close(),
  }
}
