import type { Config } from '../config.ts'
import type { Context } from '../context/context.ts'
import { createLetterWriter } from '../http/mails/release-mail.ts'
import type { MailParts } from '../jobs/tasks.ts'
import { createMailer } from '../outgoing/mailer.ts'

type Parts = Pick<Context, 'baseUrl' | 'repositories' | 'log' | 'mayReach'> & Pick<MailParts, 'onMail'>

/** Null without a mail server. */
export function openMails(
  { smtpUrl: url, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  { onMail, ...parts }: Parts,
): MailParts | null {
  if (url === null) return null
  const from = mailFrom ?? `Waybill <waybill@${new URL(parts.baseUrl).hostname}>`
  return { mailer: createMailer({ url, from }), write: createLetterWriter(parts), onMail }
}
