// The events that a test sends: of what is there.
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Prisma } from '../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import type { Namespace } from '../projects/namespace.ts'
import type { QueuedEvent } from './event-body.ts'
import { pushSource, storedSource } from './queue-events.ts'
import type { Trigger } from './webhook-events.ts'

const nothingThere = (what: string) => new RuleViolation('UNPROCESSABLE', `Ensure the project has ${what}.`)

const withGroup = { group: true } as const

/** The projects that the webhook is told of. */
const within = (namespace: Namespace) =>
  'project' in namespace ? { id: namespace.project.id } : { ancestorIds: { has: namespace.group.id }, deletedAt: null }

/** Those of them whose code somebody reads. */
const withCodeWithin = (namespace: Namespace) => ({
  ...within(namespace),
  repositoryLevel: { not: 'disabled' as const },
})

async function sampleRelease(namespace: Namespace): Promise<QueuedEvent> {
  const release = await db.release.findFirst({
    where: { project: withCodeWithin(namespace) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: { project: { include: withGroup } },
  })
  if (!release) throw nothingThere('releases')
  const [found] = await db.$queryRaw<{ source: Prisma.JsonValue }[]>`
    SELECT /* webhooks.sample */ ${storedSource('create')} AS source FROM releases r WHERE r.id = ${release.id}`
  if (!found) throw nothingThere('releases')
  return { trigger: 'releases_events', source: found.source, project: release.project, group: null }
}

/** A push of a branch, also for the event of tags, as in GitLab. */
async function samplePush(context: Context, namespace: Namespace, trigger: Trigger): Promise<QueuedEvent> {
  const project = await db.project.findFirst({
    where: withCodeWithin(namespace),
    orderBy: { id: 'desc' },
    include: withGroup,
  })
  const branch = project && (await findDefaultBranch(context.repositories.directory(project.id)))
  const ref = `refs/heads/${branch}`
  const after = project && branch && (await context.repositories.resolveCommit(project.id, ref).catch(() => null))
  if (!project || !after) throw nothingThere('at least one commit')
  const commit = (await context.repositories.commits(project.id, [after])).get(after)
  const before = commit?.parentIds[0] ?? '0'.repeat(after.length)
  return { trigger, source: pushSource(context, { ref, before, after }), project, group: null }
}

async function sampleMilestone(namespace: Namespace): Promise<QueuedEvent> {
  const milestone = await db.milestone.findFirst({
    where:
      'project' in namespace
        ? { projectId: namespace.project.id }
        : { OR: [{ project: within(namespace) }, { groupId: namespace.group.id }] },
    orderBy: { id: 'desc' },
    include: { project: { include: withGroup }, group: true },
  })
  if (!milestone) throw nothingThere('milestones')
  const { project, group, ...row } = milestone
  const source = JSON.parse(JSON.stringify({ action: 'create', milestone: row })) as Prisma.JsonValue
  return { trigger: 'milestone_events', source, project, group }
}

/** What a test of the trigger tells. Throws when there is nothing that it could tell. */
export async function sampleEvent(context: Context, namespace: Namespace, trigger: Trigger): Promise<QueuedEvent> {
  if (trigger === 'milestone_events') return sampleMilestone(namespace)
  if (trigger === 'push_events' || trigger === 'tag_push_events') return samplePush(context, namespace, trigger)
  return { ...(await sampleRelease(namespace)), trigger }
}
