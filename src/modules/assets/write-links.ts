import { type Ability, can } from '../../access/abilities.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { AssetLink, LinkType } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { lockRelease } from '../releases/lock-release.ts'
import { mayChangeTag } from '../releases/release-access.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import type { AssetLinkNode } from './asset-loaders.ts'
import { type LinkValues, linkProblems } from './link-rules.ts'

export type LinkCreate = LinkValues & { projectPath: string; tagName: string; linkType: LinkType }
/** What is absent stays as it is. */
export type LinkUpdate = {
  id: number
  name?: string | undefined
  url?: string | undefined
  filepath?: string | null | undefined
  linkType?: LinkType | undefined
}

const titles = { name: 'Name', url: 'Url', filepath: 'Filepath' } as const
const attributes = ['name', 'url', 'filepath'] as const

const takenProblem = (name: (typeof attributes)[number]) => `${titles[name]} has already been taken`

/** Says the same as `takenProblems`, when a statement that did not lock the release has taken a value. */
const onTaken = onUniqueViolation(
  Object.fromEntries(
    attributes.map((name) => [
      `asset_links_release_id_${name}_key`,
      () => new RuleViolation('INVALID', takenProblem(name)),
    ]),
  ),
)

/** The link that is checked. A stored link has its id and its URL. */
type Subject = { releaseId: number; id?: number; url?: string }

/** A full sentence for each value that another link of the release has. */
async function takenProblems(tx: Tx, values: LinkValues, { releaseId, id }: Subject): Promise<string[]> {
  const given = attributes.filter((name) => values[name] !== null)
  const others = await tx.assetLink.findMany({
    where: {
      releaseId,
      OR: given.map((name) => ({ [name]: values[name] })),
      ...(id === undefined ? {} : { NOT: { id } }),
    },
  })
  return given.filter((name) => others.some((link) => link[name] === values[name])).map(takenProblem)
}

/** Refuses a link with all rules that it breaks. The release is locked, so that nobody takes a value afterwards. */
async function assertValid(tx: Tx, values: LinkValues, subject: Subject): Promise<void> {
  const problems = [...linkProblems(values, subject), ...(await takenProblems(tx, values, subject))]
  if (problems.length > 0) throw new RuleViolation('INVALID', problems)
}

async function assertMayChange(context: Context, ability: Ability, { project, tag }: ReleaseNode): Promise<void> {
  if (can(context.viewer, ability, project) && (await mayChangeTag(context, project, tag))) return
  throw notFoundOrForbidden()
}

function record(tx: Tx, context: Context, type: AuditEventType, verb: string, { release, ...link }: AssetLinkNode) {
  return recordAuditEvent(tx, context, {
    type,
    scope: { projectId: release.projectId },
    target: { type: 'Releases::Link', id: link.id, details: link.name },
    message: `${verb} link ${link.name} of release ${release.tag}`,
  })
}

/** Adds a link to a release (docs/contract/links.md#adding-by-graphql). */
export const createLink = once(async (context: Context, input: LinkCreate): Promise<AssetLinkNode> => {
  const { projectPath, tagName, ...values } = input
  const project = await getProjectFor(context, 'release:create', projectPath)
  const found = await db.release.findUnique({ where: { projectId_tag: { projectId: project.id, tag: tagName } } })
  const missing = () => new RuleViolation('NOT_FOUND', `Release with tag "${tagName}" was not found`)
  if (!found) throw missing()
  const release = { ...found, project }
  await assertMayChange(context, 'release:update', release)
  const data = { ...values, releaseId: release.id }
  return transact(context, async (tx) => {
    // Somebody may have deleted the release meanwhile.
    if (!(await lockRelease(tx, release.id))) throw missing()
    await assertValid(tx, values, { releaseId: release.id })
    const link = { ...(await tx.assetLink.create({ data: { ...data, updatedAt: databaseNow() } })), release }
    await record(tx, context, 'release_link_created', 'Added', link)
    return link
  }).catch(onTaken)
})

async function getLink(context: Context, id: number): Promise<AssetLinkNode> {
  const link = await db.assetLink.findUnique({ where: { id }, include: { release: { include: { project: true } } } })
  if (!link) throw notFoundOrForbidden()
  await assertMayChange(context, 'release:update', link.release)
  return link
}

const goneMeanwhile = (found: AssetLink | undefined): AssetLink => {
  if (!found) throw notFoundOrForbidden()
  return found
}

/** Changes a link. With nothing but the id, the link stays as it is (docs/contract/links.md#changing-and-deleting-by-graphql). */
export const updateLink = once(async (context: Context, { id, ...changes }: LinkUpdate): Promise<AssetLinkNode> => {
  const link = await getLink(context, id)
  const data = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  if (Object.keys(data).length === 0) return link
  return transact(context, async (tx) => {
    await lockRelease(tx, link.releaseId)
    await assertValid(tx, { ...link, ...data }, link)
    const [row] = await tx.assetLink.updateManyAndReturn({ where: { id }, data: { ...data, updatedAt: databaseNow() } })
    const updated = { ...goneMeanwhile(row), release: link.release }
    await record(tx, context, 'release_link_updated', 'Changed', updated)
    return updated
  }).catch(onTaken)
})

/** Deletes a link. That changes the release, so a viewer who may update the release may delete its links. */
export const deleteLink = once(async (context: Context, { id }: { id: number }): Promise<AssetLinkNode> => {
  const link = await getLink(context, id)
  return transact(context, async (tx) => {
    // Locks the release before its links, as the deletion of a release does. In another order the two would wait for each other.
    await lockRelease(tx, link.releaseId)
    const { count } = await tx.assetLink.deleteMany({ where: { id } })
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, 'release_link_deleted', 'Deleted', link)
    return link
  })
})
