import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { inject, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { connectDatabase, db } from '../../src/database/db.ts'
import { createDemo } from '../../src/demo/demo.ts'
import { createDatabase } from '../support/database.ts'

/** The tags of each project, in the order of git. */
export const TAGS = [
  'v0.1.0',
  'v0.10.0',
  'v0.2.0',
  'v0.3.0',
  'v0.9.0',
  'v1.0.0',
  'v1.0.0-rc.1',
  'v1.1.0-rc.1',
  'v2.0.0',
]

/** An empty database and data folder, and a function that makes the demo there. */
export async function openWorld() {
  const database = await createDatabase()
  const client = connectDatabase({ url: database.url })
  const close = async () => {
    await client.$disconnect()
    await database.drop()
  }
  const config = loadConfig({ DATA_DIR: await mkdtemp(path.join(inject('scratch'), 'demo-')), PORT: '4321' })
  return { config, close, create: () => createDemo({ config, log: pino({ level: 'silent' }) }) }
}

/** The same as `openWorld`, for one test. */
export async function world() {
  const { close, ...rest } = await openWorld()
  onTestFinished(close)
  return rest
}

/** Every row that a second run might add to or change. */
export async function contents() {
  const [releases, links, milestones, issues, evidences, members, tokens, users] = await Promise.all([
    db.release.findMany({ orderBy: { id: 'asc' } }),
    db.assetLink.count(),
    db.milestone.findMany({ orderBy: { id: 'asc' } }),
    db.issue.count(),
    db.evidence.count(),
    db.projectMember.count(),
    db.accessToken.findMany({ orderBy: { id: 'asc' } }),
    db.user.count(),
  ])
  return { releases, links, milestones, issues, evidences, members, tokens, users }
}
