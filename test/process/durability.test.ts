import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { ask, type ServerProcess } from '../support/server-process.ts'
import { countJobs, createJobProject, type JobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

const RELEASES = 200
const AT_ONCE = 20
const KILL_AFTER = 70

const tags = Array.from({ length: RELEASES }, (_, n) => `v1.${n}`)

type Create = { releaseCreate: { errors: string[] } | null }

const mutation = ({ path }: JobProject, tag: string) => `mutation { releaseCreate(input: {
  projectPath: "${path}", tagName: "${tag}", ref: "main", description: "Notes of ${tag}", milestones: ["M"],
  assets: { links: [{ name: "a", url: "https://example.com/a" }, { name: "b", url: "https://example.com/b" }] }
}) { errors } }`

/** Creates the releases and returns the errors of each answered creation, by tag. */
async function createAll(
  url: string,
  project: JobProject,
  names: readonly string[],
  onAnswer = (_count: number) => {},
) {
  const answers = new Map<string, string[]>()
  const waiting = [...names]
  const next = async (): Promise<void> => {
    const tag = waiting.shift()
    if (tag === undefined) return
    const answer = await ask<Create>(url, mutation(project, tag), project.token).catch(() => null)
    if (answer) {
      answers.set(tag, answer.data.releaseCreate?.errors ?? [JSON.stringify(answer.errors)])
      onAnswer(answers.size)
    }
    await next()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  return answers
}

type Parts = { tag: string; links: number; milestones: number; events: number; jobs: number; evidences: number }

/** Counts each part of each release by itself. */
const partsOfAll = ({ projectId }: JobProject) => db.$queryRaw<Parts[]>`
  SELECT r.tag,
    (SELECT count(*) FROM asset_links l WHERE l.release_id = r.id)::int AS links,
    (SELECT count(*) FROM milestone_releases m WHERE m.release_id = r.id)::int AS milestones,
    (SELECT count(*) FROM audit_events a WHERE a.target_type = 'Release' AND a.target_id = r.id)::int AS events,
    (SELECT count(*) FROM graphile_worker._private_jobs j WHERE (j.payload ->> 'releaseId')::int = r.id
      AND j.key LIKE 'collect-evidence %')::int AS jobs,
    (SELECT count(*) FROM evidences e WHERE e.release_id = r.id)::int AS evidences
  FROM releases r WHERE r.project_id = ${projectId}`

/** PostgreSQL rolls back what a killed process had begun. */
const othersAreGone = async () => {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'waybill-jobs-%' OR state LIKE 'idle in transaction%'`
  return rows.length === 0
}

/** The errors in the log, in the words of the code that threw them. */
const failures = (server: ServerProcess) =>
  [...server.stderr().matchAll(/"level":(?:50|60).*?"message":"(.*?)"/g)].map(([, message]) => message)

test('kill -9 in the middle of 200 creations loses none that was answered, leaves none half made, and each can be retried', async () => {
  const project = await createJobProject()
  const killed = serve(project.env)
  const acknowledged = await createAll(await killed.listening(), project, tags, (count) => {
    if (count === KILL_AFTER) killed.kill('SIGKILL')
  })
  await killed.ended
  await until(othersAreGone)

  expect(failures(killed)).toEqual([])
  expect(new Set([...acknowledged.values()].flat())).toEqual(new Set())
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILL_AFTER)
  expect(acknowledged.size).toBeLessThan(RELEASES)
  const found = await partsOfAll(project)
  expect(found.map(({ tag }) => tag)).toEqual(expect.arrayContaining([...acknowledged.keys()]))
  // A job whose process was killed after the snapshot is still in the queue.
  const broken = found.filter(({ links, milestones, events, jobs, evidences }) => {
    const whole = links === 2 && milestones === 1 && events === 1
    return !whole || jobs > 1 || evidences > 1 || jobs + evidences === 0
  })
  expect(broken).toEqual([])

  const server = serve(project.env)
  const unanswered = tags.filter((tag) => !acknowledged.has(tag))
  const retried = await createAll(await server.listening(), project, unanswered)
  expect([...retried.keys()].sort()).toEqual([...unanswered].sort())
  const existed = new Set(found.map(({ tag }) => tag))
  for (const [tag, errors] of retried) expect(errors).toEqual(existed.has(tag) ? ['Release already exists'] : [])

  await until(async () => (await countJobs()) === 0)
  const all = await partsOfAll(project)
  const whole = { links: 2, milestones: 1, events: 1, jobs: 0, evidences: 1 }
  expect(all.sort((a, b) => a.tag.localeCompare(b.tag))).toEqual(
    [...tags].sort((a, b) => a.localeCompare(b)).map((tag) => ({ tag, ...whole })),
  )
  const inGit = await runGit(project.repository, ['tag', '--list'])
  expect(inGit.trim().split('\n').sort()).toEqual([...tags].sort())
  expect(failures(server)).toEqual([])
}, 120_000)
