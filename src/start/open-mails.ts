import path from 'node:path'
import type { Config } from '../config.ts'
import type { Context } from '../context/context.ts'
import { createLetterWriter } from '../http/mails/release-mail.ts'
import type { MailParts } from '../jobs/tasks.ts'
import { createKeptMails, type KeptMails } from '../outgoing/kept-mails.ts'
import { createMailer } from '../outgoing/mailer.ts'
import type { OpenDatabase } from './open-database.ts'

type Parts = Pick<Context, 'baseUrl' | 'repositories' | 'log' | 'mayReach'> & Pick<MailParts, 'onMail'>

/** The mails of the demo, which stay in a folder; null for every other server, and for a demo with a mail server. */
export const openKeptMails = (
  { smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>,
  { embedded }: Pick<OpenDatabase, 'embedded'>,
): KeptMails | null => (embedded && smtpUrl === null ? createKeptMails(path.join(dataDir, 'demo-mails')) : null)

/** Null without a mail server, unless the mails are kept. */
export function openMails(
  { smtpUrl: url, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  { onMail, keptMails, ...parts }: Parts & { keptMails?: KeptMails | null },
): MailParts | null {
  const write = createLetterWriter(parts)
  if (keptMails) return { mailer: keptMails.mailer, write, onMail }
  if (url === null) return null
  const from = mailFrom ?? `Waybill <waybill@${new URL(parts.baseUrl).hostname}>`
  return { mailer: createMailer({ url, from }), write, onMail }
}
