// Links by which whoever has a mail ends the mails about its project, without signing in.
import { db } from '../../database/db.ts'
import { isSignedBy, parseDetached } from '../../signing/detached-jws.ts'
import { signDetached } from '../../signing/sign-detached.ts'
import { currentSigningKey, publishedKeys } from '../../signing/signing-keys.ts'
import { isGhost } from '../users/ghost-name.ts'
import { saveSetting } from './notification-settings.ts'

/** The type of the signature, so that nothing else that the server has signed passes as such a link. */
const TYPE = 'waybill-unsubscribe'
const SUBJECT = /^(\d{1,9})-(\d{1,9})$/

export type Subscription = { userId: number; projectId: number }

const subjectOf = ({ userId, projectId }: Subscription) => `${userId}-${projectId}`

/** Makes the paths of links, all signed by the present key. */
export async function unsubscribePaths(): Promise<(subscription: Subscription) => Promise<string>> {
  const key = await db.$transaction(currentSigningKey)
  return async (subscription) => {
    const payload = subjectOf(subscription)
    const signature = await signDetached(key, { type: TYPE, payload })
    return `/-/unsubscribe/${payload}/${signature.replace('..', '.')}`
  }
}

/** What the link is about; null when the server did not sign it. Retired keys count, because mails are old. */
export async function readUnsubscribe(subject: string, signature: string): Promise<Subscription | null> {
  const [, userId, projectId] = SUBJECT.exec(subject) ?? []
  const jws = parseDetached(signature.replace('.', '..'))
  if (!projectId || jws?.header.typ !== TYPE) return null
  const key = (await publishedKeys()).keys.find(({ kid }) => kid === jws.header.kid)
  if (!key || !(await isSignedBy(key, jws, subject))) return null
  return { userId: Number(userId), projectId: Number(projectId) }
}

/** The account gets no more mails about releases of the project. Nothing happens when one of them is gone. */
export async function unsubscribe({ userId, projectId }: Subscription): Promise<void> {
  const user = await db.user.findUnique({ where: { id: userId } })
  if (!user || isGhost(user) || (await db.project.count({ where: { id: projectId } })) === 0) return
  // `new_release` counts under the level `custom` alone.
  const changes = { level: 'custom', events: { new_release: false } } as const
  await saveSetting(userId, { projectId, groupId: null }, changes)
}
