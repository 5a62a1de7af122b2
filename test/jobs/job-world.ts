import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release } from '../../src/generated/prisma/client.ts'
import { startWorker, type Worker } from '../../src/jobs/worker.ts'
import { reachable } from '../../src/outgoing/reachable.ts'
import { openMails } from '../../src/start/open-mails.ts'
import type { TestApp } from '../support/app.ts'
import { mutate } from '../support/mutate.ts'
import type { World } from '../support/world.ts'

async function write(app: TestApp, { project, tokens }: World, name: string, input: Record<string, unknown>) {
  expect(await mutate(app, tokens.owner, name, { projectPath: project.fullPath, ...input })).toEqual([])
}

let count = 0

/** Makes a release of a new tag through GraphQL. */
export async function publish(app: TestApp, world: World, input: { releasedAt?: Date } = {}): Promise<Release> {
  const tag = `v9.0.${count++}`
  await write(app, world, 'releaseCreate', { tagName: tag, ref: 'main', ...input })
  return db.release.findUniqueOrThrow({ where: { projectId_tag: { projectId: world.project.id, tag } } })
}

export const change = (app: TestApp, world: World, { tag }: Release, changes: Record<string, unknown>) =>
  write(app, world, 'releaseUpdate', { tagName: tag, ...changes })

export const remove = (app: TestApp, world: World, { tag }: Release) =>
  write(app, world, 'releaseDelete', { tagName: tag })

/** A time this many seconds from now, in whole seconds as clients write dates. Negative: in the past. */
export const inSeconds = (seconds: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + seconds * 1000)

export type JobRow = {
  runAt: Date
  occasion: string
  attempts: number
  revision: number
  lockedBy: string | null
  lastError: string | null
}

/** The jobs that collect evidence of the release, oldest first. */
export const jobsOf = ({ id }: Release): Promise<JobRow[]> => db.$queryRaw`
  SELECT run_at AS "runAt", payload ->> 'occasion' AS occasion, attempts::int, revision::int,
         locked_by AS "lockedBy", last_error AS "lastError"
  FROM graphile_worker._private_jobs jobs 
  WHERE (payload ->> 'releaseId')::int = ${id} AND payload ->> 'occasion' IS NOT NULL ORDER BY jobs.id`

export const evidencesOf = ({ id }: Release) =>
  db.evidence.findMany({ where: { releaseId: id }, orderBy: { createdAt: 'asc' } })

export const occasionsOf = async (release: Release) => (await evidencesOf(release)).map(({ occasion }) => occasion)

export type TestWorker = Worker & { logged: () => Record<string, unknown>[]; results: string[] }

/** Starts a worker in this process, which is stopped when the test has finished. */
export async function work(
  app: TestApp,
  {
    concurrency = 2,
    allowed = ['127.0.0.0/8', '::1'],
    smtpUrl,
  }: { concurrency?: number; allowed?: string[]; smtpUrl?: string } = {},
): Promise<TestWorker> {
  const lines: string[] = []
  const results: string[] = []
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) })
  const mails = openMails(
    { smtpUrl: smtpUrl ?? null, mailFrom: null },
    { baseUrl: app.url, repositories: app.repositories, mayReach: reachable(allowed), log, onMail: () => {} },
  )
  const worker = await startWorker({
    mails,
    ...{ url: app.databaseUrl, baseUrl: app.url, storage: app.storage, concurrency, log },
    repositoriesDir: app.repositoriesDir,
    mayReach: reachable(allowed),
    auditAddressDays: 90,
    onJob: (task, result) => void results.push(`${task} ${result}`),
  })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= worker.stop().finally(() => mails?.mailer.close())
    return stopped
  }
  onTestFinished(stop)
  return { stop, results, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}
