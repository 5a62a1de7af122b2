import type { Config } from '../config.ts'
import type { Context } from '../context/context.ts'
import { createLetterWriter } from '../http/mails/release-mail.ts'
import type { MailParts } from '../jobs/tasks.ts'
import { createMailer } from '../outgoing/mailer.ts'

type Parts = Pick<Context, 'baseUrl' | 'repositories' | 'log'> & Pick<MailParts, 'onMail'>

/** Null without a mail server. */
export function openMails({ smtp }: Pick<Config, 'smtp'>, { onMail, ...parts }: Parts): MailParts | null {
  if (smtp === null) return null
  const from = smtp.from ?? `Waybill <waybill@${new URL(parts.baseUrl).hostname}>`
  return { mailer: createMailer({ url: smtp.url, from }), write: createLetterWriter(parts), onMail }
}
