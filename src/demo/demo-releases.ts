import { db } from '../database/db.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { createLink, type LinkCreate } from '../modules/assets/link-service.ts'
import { collectEvidenceByHand } from '../modules/evidence/collect-by-hand.ts'
import { createRelease } from '../modules/publishing/create-release.ts'
import { updateRelease } from '../modules/publishing/update-release.ts'
import { inDays } from './days.ts'
import type { As } from './demo-people.ts'

type DemoLink = Omit<LinkCreate, 'projectPath' | 'tagName'>
/** The additions to the release that was imported for a tag. */
type DemoRelease = { tagName: string; name?: string; milestones: readonly string[]; links: readonly DemoLink[] }

const DOWNLOADS = 'https://downloads.example.com/waybill'
const DOCUMENTS = 'https://docs.example.com/waybill'

const binary = (url: string, filepath: string): DemoLink => ({ name: 'Linux binary', url, filepath, linkType: 'other' })
const linuxPackage = (url: string, filepath: string | null = null): DemoLink => ({
  name: 'Linux package',
  url,
  filepath,
  linkType: 'package',
})
const runbook = (name: string, url: string, filepath: string | null = null): DemoLink => ({
  name,
  url,
  filepath,
  linkType: 'runbook',
})

const RELEASES: readonly DemoRelease[] = [
  { tagName: 'v0.9.0', milestones: [], links: [linuxPackage(`${DOWNLOADS}/v0.9.0/waybill.deb`)] },
  { tagName: 'v1.0.0-rc.1', milestones: ['1.0'], links: [] },
  {
    tagName: 'v1.0.0',
    name: 'Waybill 1.0',
    milestones: ['1.0'],
    links: [
      binary(`${DOWNLOADS}/v1.0.0/linux-amd64`, '/bin/waybill-linux-amd64'),
      linuxPackage(`${DOWNLOADS}/v1.0.0/waybill.deb`, '/packages/waybill.deb'),
      { name: 'Container image', url: 'https://registry.example.com/waybill:1.0.0', filepath: null, linkType: 'image' },
      runbook('Upgrade runbook', `${DOCUMENTS}/upgrade`, '/docs/upgrade.html'),
    ],
  },
  {
    tagName: 'v1.1.0-rc.1',
    milestones: ['1.1', 'Hardening'],
    links: [binary(`${DOWNLOADS}/v1.1.0-rc.1/linux-amd64`, '/bin/waybill')],
  },
]

/** The upcoming release. The server creates its tag, and a job collects its evidence at its date. */
const UPCOMING = {
  tagName: 'v2.0.0',
  ref: 'main',
  tagMessage: 'What 2.0 will bring.',
  description: 'What 2.0 will bring.',
  milestones: { titles: ['2.0', 'Hardening'] },
  links: [runbook('Migration runbook', `${DOCUMENTS}/2.0`)],
}
const UPCOMING_IN_DAYS = 30

/** This release stays without evidence, because not every release has evidence. */
const WITHOUT_EVIDENCE = 'v0.1.0'

async function ensureRelease(as: As, projectPath: string, release: DemoRelease): Promise<void> {
  const { tagName, name, milestones: titles, links } = release
  const present = await db.release.findFirst({
    where: { project: { fullPath: projectPath }, tag: tagName },
    include: { links: true, milestones: true },
  })
  // A person has deleted the release.
  if (!present) return
  if (titles.length > present.milestones.length) {
    await updateRelease(await as('maintainer'), { projectPath, tagName, name, milestones: { titles } })
  }
  const missing = links.filter((link) => !present.links.some(({ url }) => url === link.url))
  for (const link of missing) await createLink(await as('developer'), { projectPath, tagName, ...link })
}

async function ensureUpcoming(as: As, projectPath: string): Promise<void> {
  const where = { project: { fullPath: projectPath }, tag: UPCOMING.tagName }
  if ((await db.release.count({ where })) > 0) return
  await createRelease(await as('maintainer'), { projectPath, ...UPCOMING, releasedAt: inDays(UPCOMING_IN_DAYS) })
}

/** Collects evidence by hand, because releases that are imported with past dates get none automatically. */
async function ensureEvidence(as: As, projectPath: string): Promise<void> {
  const without = await db.release.findMany({
    where: {
      project: { fullPath: projectPath },
      tag: { not: WITHOUT_EVIDENCE },
      releasedAt: { lte: databaseNow() },
      evidences: { none: {} },
    },
    orderBy: { releasedAt: 'asc' },
  })
  for (const { tag } of without) await collectEvidenceByHand(await as('maintainer'), { projectPath, tagName: tag })
}

/** Creates what the releases lack, and the upcoming release. Existing parts stay. The milestones must exist. */
export async function ensureReleases(as: As, projectPath: string): Promise<void> {
  for (const release of RELEASES) await ensureRelease(as, projectPath, release)
  await ensureUpcoming(as, projectPath)
  await ensureEvidence(as, projectPath)
}
