import { z } from 'zod'
import { abilitiesOf } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { loadViewers } from '../../authentication/load-viewer.ts'
import { db } from '../../database/db.ts'
import { groupBy } from '../../foundation/group-by.ts'
import { traced } from '../../foundation/tracing.ts'
import type { Project, Release } from '../../generated/prisma/client.ts'
import { type Batch, forgetOthers, markRefused, markSent, waitingFor } from '../../modules/notifications/mail-queue.ts'
import { unsubscribePaths } from '../../modules/notifications/unsubscribe.ts'
import type { Mail } from '../../outgoing/mailer.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ releaseId: z.int(), batch: z.int() })

/** The mail about a release, to one of the readers for whom it was written. */
export type Letter = (reader: Viewer, recipient: Pick<Mail, 'to' | 'unsubscribeUrl'>) => Promise<Mail>

export type ReleaseOfProject = Release & { project: Project }

const abilitiesKey = (viewer: Viewer, project: Project) => [...abilitiesOf(viewer, project)].sort().join(' ')

type Recipient = { viewer: Viewer; letter: Letter }

/** One letter serves all who have the same abilities, so the number of statements does not grow with the batch. */
async function lettersFor(batch: Batch, release: ReleaseOfProject, { mails }: TaskParts): Promise<Recipient[]> {
  const { project } = release
  const viewers = await loadViewers(await waitingFor(batch))
  const recipients: Recipient[] = []
  for (const alike of groupBy(viewers, (viewer) => abilitiesKey(viewer, project)).values()) {
    const [first] = alike
    // Null for those who see no release.
    const letter = first && (await mails?.write(first, release))
    if (letter) recipients.push(...alike.map((viewer) => ({ viewer, letter })))
  }
  return recipients
}

async function sendAll(batch: Batch, projectId: number, recipients: readonly Recipient[], parts: TaskParts) {
  const { mails, baseUrl, signal, log } = parts
  const pathTo = await unsubscribePaths()
  let failure: unknown
  for (const { viewer, letter } of recipients) {
    const { user } = viewer
    if (signal.aborted) throw new Error('The server stops, and the other mails are sent later')
    if (!user?.email || !mails) continue
    const unsubscribeUrl = baseUrl + (await pathTo({ userId: user.id, projectId }))
    const mail = await letter(viewer, { to: { name: user.name, address: user.email }, unsubscribeUrl })
    try {
      const refusal = await traced(
        () => ({ name: 'mail', kind: 'client' }),
        () => mails.mailer.send(mail),
      )
      if (refusal === null) await markSent(batch.releaseId, user.id)
      else await markRefused(batch.releaseId, user.id, refusal)
      mails.onMail(refusal === null ? 'sent' : 'refused')
      if (refusal !== null) log.warn({ ...batch, userId: user.id, refusal }, 'the mail server refused an address')
    } catch (error) {
      mails.onMail('failed')
      failure = error
      // Without an answer the server is away, and the others would fail alike.
      if (!(error as { responseCode?: number }).responseCode) break
    }
  }
  // The job is tried again with growing pauses. What was sent is not sent again.
  if (failure) throw failure
}

/** Sends the mails of a batch that are not sent yet. */
export async function mailReleaseTask(payload: unknown, parts: TaskParts): Promise<void> {
  const batch = Payload.parse(payload)
  if (!parts.mails) throw new Error('This process has no SMTP_URL')
  const release = await db.release.findUnique({ where: { id: batch.releaseId }, include: { project: true } })
  if (!release) return
  const recipients = await lettersFor(batch, release, parts)
  await forgetOthers(
    batch,
    recipients.flatMap(({ viewer }) => viewer.user?.id ?? []),
  )
  await sendAll(batch, release.projectId, recipients, parts)
}
