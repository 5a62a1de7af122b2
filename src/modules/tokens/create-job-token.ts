import { can } from '../../access/abilities.ts'
import { assertMayCreateToken } from '../../access/assert-may-create-token.ts'
import { isAdministrator } from '../../access/viewer.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import { signJobToken } from '../../authentication/job-token.ts'
import { findViewerByUserId } from '../../authentication/load-viewer.ts'
import type { Context } from '../../context/context.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { assertNoProblems } from '../../foundation/rules.ts'
import type { Project, User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { currentSigningKey } from '../../signing/signing-keys.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { getUser } from '../users/find-user.ts'
import { DEFAULT_LIFETIME_S, MAX_LIFETIME_S } from './job-token-lifetime.ts'

export type JobTokenCreate = {
  projectPath: string
  /** In seconds. Absent: an hour. */
  expiresIn?: number | null | undefined
  /** The account that the token acts for. Absent: the viewer. Only administrators may name somebody else. */
  username?: string | undefined
}

/** Null for the operator, whose token acts for a pipeline without an account. */
async function getMaker(context: Context, project: Project, username: string | undefined): Promise<User | null> {
  if (username === undefined) return context.viewer.user
  if (!isAdministrator(context.viewer)) throw notFoundOrForbidden()
  const user = await getUser(username)
  const maker = await findViewerByUserId(user.id)
  if (maker && can(maker, 'job-token:create', project)) return user
  throw new RuleViolation('INVALID', `${user.username} needs the role Developer in ${project.fullPath}`)
}

/** Creates a token for a job that ends soon. The token acts for its maker in one project. It is not stored. */
export const createJobToken = once(
  async (
    context: Context,
    { projectPath, expiresIn, username }: JobTokenCreate,
  ): Promise<{ token: string; expiresAt: Date }> => {
    const project = await getProjectFor(context, 'job-token:create', projectPath)
    assertMayCreateToken(context.viewer)
    const lifetime = expiresIn ?? DEFAULT_LIFETIME_S
    const fits = lifetime >= 1 && lifetime <= MAX_LIFETIME_S
    assertNoProblems(fits ? [] : [`Expires in must be from 1 to ${MAX_LIFETIME_S} seconds`])
    const maker = await getMaker(context, project, username)
    // Times in a token are whole seconds.
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + lifetime) * 1000)
    return transact(context, async (tx) => {
      const whose = maker ? `of ${maker.username}` : 'of a pipeline'
      await recordAuditEvent(tx, context, {
        type: 'job_token_created',
        scope: { projectId: project.id },
        target: { type: 'Project', id: project.id, details: project.fullPath },
        message: `Created a job token ${whose} that ends at ${expiresAt.toISOString()}`,
      })
      const key = await currentSigningKey(tx)
      const token = await signJobToken(key, { projectId: project.id, userId: maker?.id ?? null }, expiresAt)
      return { token, expiresAt }
    })
  },
)
