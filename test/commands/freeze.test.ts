import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectDatabase, db } from '../../src/db.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createProject } from '../support/factories.ts'

const bin = fileURLToPath(new URL('../../bin/waybill.js', import.meta.url))
const STARTS_A_PROCESS_MS = 60_000

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  connectDatabase({ url: database.url })
})

afterAll(async () => {
  await db.$disconnect()
  await database.drop()
})

async function run(command: string, args: string[]) {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, DATABASE_URL: database.url, NODE: process.execPath, WAYBILL: bin }
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill())
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

const waybill = (...args: string[]) => run(process.execPath, [bin, 'freeze', ...args])

/** Each minute starts a freeze that the new year ends. */
const ALWAYS = { freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' }

test('a pipeline evaluates the status: a variable during a freeze, nothing otherwise', {
  timeout: STARTS_A_PROCESS_MS,
}, async () => {
  const [frozen, open] = [await createProject(), await createProject()]
  await db.freezePeriod.create({ data: { ...ALWAYS, projectId: frozen.id } })
  const script = `for project in "$@"; do
    freeze="$("$NODE" "$WAYBILL" freeze status --project "$project")" || exit 1
    echo "<$freeze>"
    unset CI_DEPLOY_FREEZE
    eval "$freeze"
    echo "\${CI_DEPLOY_FREEZE-unset}"
  done`
  expect(await run('sh', ['-c', script, 'sh', frozen.fullPath, open.fullPath])).toEqual({
    code: 0,
    stdout: '<CI_DEPLOY_FREEZE=true>\ntrue\n<>\nunset\n',
    stderr: '',
  })
})

test('the status of a project that does not exist fails, and prints nothing to evaluate', {
  timeout: STARTS_A_PROCESS_MS,
}, async () => {
  expect(await waybill('status', '--project', 'no/such')).toEqual({
    code: 1,
    stdout: '',
    stderr: "Project 'no/such' does not exist\n",
  })
})

test('freeze periods are created, listed and deleted', { timeout: STARTS_A_PROCESS_MS }, async () => {
  const project = await createProject({ visibility: 'private' })
  const where = ['--project', project.fullPath]
  const invalid = await waybill('create', ...where, '--start', 'x', '--end', '0 7 * * 1')
  expect(invalid).toEqual({ code: 1, stdout: '', stderr: 'Freeze start is invalid syntax\n' })
  const created = await waybill('create', ...where, '--start', '0 23 29 2 *', '--end', '0 7 * * 1', '--json')
  const period = JSON.parse(created.stdout) as { id: number }
  expect(period).toMatchObject({ freezeStart: '0 23 29 2 *', freezeEnd: '0 7 * * 1', cronTimezone: 'UTC' })
  const line = `${period.id}: 0 23 29 2 * to 0 7 * * 1 (UTC)`
  expect((await waybill('list', ...where)).stdout).toBe(`${line}\n`)
  expect((await waybill('delete', String(period.id))).stdout).toBe(`Deleted freeze period ${line}\n`)
  expect(await db.freezePeriod.count({ where: { projectId: project.id } })).toBe(0)
  expect(await db.auditEvent.findMany({ where: { projectId: project.id }, orderBy: { id: 'asc' } })).toMatchObject([
    { eventType: 'freeze_period_created', authorId: null, authorName: 'operator' },
    { eventType: 'freeze_period_deleted', authorId: null, authorName: 'operator' },
  ])
})
