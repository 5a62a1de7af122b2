import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createProject } from '../support/factories.ts'
import { useCommands } from './run-command.ts'

const bin = fileURLToPath(new URL('../../bin/waybill.js', import.meta.url))
const STARTS_A_PROCESS_MS = 60_000

const commands = useCommands()

async function run(command: string, args: string[]) {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, WAYBILL_URL: commands.app.url, NODE: process.execPath, WAYBILL: bin }
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill())
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

const waybill = (...args: string[]) => commands.run('freeze', ...args)

/** A freeze that starts every minute and ends at new year. */
const ALWAYS = { freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' }

test('a pipeline can evaluate the printed status, which sets a variable during a freeze and nothing otherwise', {
  timeout: STARTS_A_PROCESS_MS,
}, async () => {
  const [frozen, open] = await commands.read(async (db) => {
    const projects = [await createProject(), await createProject()] as const
    await db.freezePeriod.create({ data: { ...ALWAYS, projectId: projects[0].id } })
    return projects
  })
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

test('the status of a missing project fails, and prints nothing to evaluate', async () => {
  expect(await waybill('status', '--project', 'no/such')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `There is no project 'no/such' at ${commands.app.url}, or WAYBILL_TOKEN may not read it\n`,
  })
})

test('freeze periods are created, listed and deleted', async () => {
  const project = await commands.read(() => createProject({ visibility: 'private' }))
  const where = ['--project', project.fullPath]
  const invalid = await waybill('create', ...where, '--start', 'x', '--end', '0 7 * * 1')
  expect(invalid).toEqual({ exitCode: 1, stdout: '', stderr: 'Freeze start is invalid syntax\n' })
  const created = await waybill('create', ...where, '--start', '0 23 29 2 *', '--end', '0 7 * * 1', '--json')
  const period = JSON.parse(created.stdout) as { id: number }
  expect(period).toMatchObject({ freezeStart: '0 23 29 2 *', freezeEnd: '0 7 * * 1', cronTimezone: 'UTC' })
  const line = `${period.id}: 0 23 29 2 * to 0 7 * * 1 (UTC)`
  expect((await waybill('list', ...where)).stdout).toBe(`${line}\n`)
  expect((await waybill('delete', String(period.id))).stdout).toBe(`Deleted freeze period ${line}\n`)
  const { periods, events } = await commands.read(async (db) => ({
    periods: await db.freezePeriod.count({ where: { projectId: project.id } }),
    events: await db.auditEvent.findMany({ where: { projectId: project.id }, orderBy: { id: 'asc' } }),
  }))
  expect(periods).toBe(0)
  expect(events).toMatchObject([
    { eventType: 'freeze_period_created', authorName: 'root-of-tests' },
    { eventType: 'freeze_period_deleted', authorName: 'root-of-tests' },
  ])
})
