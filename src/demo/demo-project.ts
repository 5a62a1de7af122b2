import type { Tx } from '../db.ts'
import type { Release } from '../generated/prisma/client.ts'
import { role } from '../modules/access/roles.ts'
import { createLink, type LinkCreate } from '../modules/assets/link-service.ts'
import { occasionOf, scheduleEvidence } from '../modules/evidence/evidence-schedule.ts'
import { collectEvidence } from '../modules/evidence/evidence-service.ts'
import { createEnvironment } from '../modules/freezes/environment-service.ts'
import { insertFreezePeriod } from '../modules/freezes/freeze-period-service.ts'
import { setProjectMember } from '../modules/projects/project-service.ts'
import { insertProtectedTag } from '../modules/protected-tags/protected-tag-service.ts'
import { isHistorical, isUpcoming } from '../modules/releases/release-text.ts'
import { addDemoMilestones } from './demo-milestones.ts'
import { type DemoUsers, demoPeople, demoUsernames } from './demo-people.ts'

export type DemoProject = {
  id: number
  groupId: number
  description: string
  /** Whether it has a protected tag, a freeze period and an environment. */
  guarded: boolean
  /** In front of absolute URLs. */
  baseUrl: string
}

type Releases = ReadonlyMap<string, Release>

/** Its creation stays at the import, long after its date. */
const HISTORICAL = 'v0.1.0'

const DOWNLOADS = 'https://downloads.example.com/waybill'
const LINKS: readonly (Omit<LinkCreate, 'releaseId'> & { tag: string })[] = [
  { tag: 'v0.9.0', name: 'Linux package', url: `${DOWNLOADS}/v0.9.0/waybill.deb`, linkType: 'package' },
  { tag: 'v1.0.0', name: 'Linux binary', url: `${DOWNLOADS}/v1.0.0/linux-amd64`, filepath: '/bin/waybill-linux-amd64' },
  {
    tag: 'v1.0.0',
    name: 'Linux package',
    url: `${DOWNLOADS}/v1.0.0/waybill.deb`,
    filepath: '/packages/waybill.deb',
    linkType: 'package',
  },
  { tag: 'v1.0.0', name: 'Container image', url: 'https://registry.example.com/waybill:1.0.0', linkType: 'image' },
  {
    tag: 'v1.0.0',
    name: 'Upgrade runbook',
    url: 'https://docs.example.com/waybill/upgrade',
    filepath: '/docs/upgrade.html',
    linkType: 'runbook',
  },
  { tag: 'v1.1.0-rc.1', name: 'Linux binary', url: `${DOWNLOADS}/v1.1.0-rc.1/linux-amd64`, filepath: '/bin/waybill' },
  { tag: 'v2.0.0', name: 'Migration runbook', url: 'https://docs.example.com/waybill/2.0', linkType: 'runbook' },
]

/** As if every release had been made on its date; those to come, and the historical one, were made now. */
async function backdate(tx: Tx, projectId: number): Promise<Releases> {
  await tx.$executeRaw`
    UPDATE releases SET created_at = released_at
    WHERE project_id = ${projectId} AND released_at < now() AND tag <> ${HISTORICAL}`
  await tx.release.updateMany({ where: { projectId, tag: 'v1.0.0' }, data: { name: 'Waybill 1.0' } })
  const releases = await tx.release.findMany({ where: { projectId } })
  return new Map(releases.map((release) => [release.tag, release]))
}

async function addLinks(tx: Tx, releases: Releases): Promise<void> {
  for (const { tag, ...link } of LINKS) {
    const releaseId = releases.get(tag)?.id
    if (releaseId !== undefined) await createLink(tx, { ...link, releaseId })
  }
}

async function collectAll(tx: Tx, releases: Releases, { now, baseUrl }: { now: Date; baseUrl: string }): Promise<void> {
  for (const release of releases.values()) {
    if (isUpcoming(release, now)) await scheduleEvidence(tx, release, now)
    else if (!isHistorical(release)) await collectEvidence(tx, release.id, { occasion: occasionOf(release), baseUrl })
  }
}

async function guard(tx: Tx, projectId: number): Promise<void> {
  await insertProtectedTag(tx, { projectId, name: 'v*', createAccessLevels: [{ accessLevel: role.maintainer }] })
  // From Friday evening to Monday morning.
  await insertFreezePeriod(tx, { projectId, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' })
  await createEnvironment(tx, { projectId, name: 'production' })
}

/** Gives an imported project its members and all that belongs to its releases; to be called once, in a transaction. */
export async function furnishProject(tx: Tx, project: DemoProject, users: DemoUsers): Promise<void> {
  const { id, groupId, description, baseUrl } = project
  const now = new Date()
  await tx.project.update({ where: { id }, data: { description } })
  for (const username of demoUsernames) {
    await setProjectMember(tx, { projectId: id, userId: users[username], role: demoPeople[username].role })
  }
  const releases = await backdate(tx, id)
  await addLinks(tx, releases)
  await addDemoMilestones(tx, { projectId: id, groupId, releases, users, now })
  await collectAll(tx, releases, { now, baseUrl })
  if (project.guarded) await guard(tx, id)
}
