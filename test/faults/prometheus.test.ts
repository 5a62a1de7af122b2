// The alerts and the dashboard of docs/operate as Debian's Prometheus reads them, and what it reads from a server and a worker.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { alerts, dashboardExpressions, metricsIn } from '../docs/observed.ts'
import { root } from '../docs/pages.ts'
import { createJobProject, type JobProject } from '../process/job-project.ts'
import { newDataDir, serve, takePort, until } from '../process/serve-world.ts'
import { ask } from '../support/server-process.ts'

const operate = path.join(root, 'docs/operate')

async function promtool(...args: string[]): Promise<string> {
  const run = promisify(execFile)('promtool', args, { cwd: operate })
  const { stdout } = await run.catch((error: NodeJS.ErrnoException & { stdout?: string; stderr?: string }) => {
    if (error.code === 'ENOENT') throw new Error('promtool is missing: apt-get install prometheus')
    throw new Error(`${error.stdout}${error.stderr}`)
  })
  return stdout
}

test('promtool accepts the alerts, and each fires when it must and is silent when it must be', async () => {
  expect(await promtool('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${alerts.length} rules found`)
  expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
})

test('promtool accepts every expression of the dashboard', async () => {
  const rules = dashboardExpressions.map((expr, at) => ({ record: `dashboard:${at}`, expr }))
  const file = path.join(await newDataDir(), 'dashboard.yml')
  await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
  expect(await promtool('check', 'rules', file)).toContain(`SUCCESS: ${rules.length} rules found`)
})

async function promtoolReads(metrics: string): Promise<string> {
  const child = spawn('promtool', ['check', 'metrics'])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  child.stdin.end(metrics)
  await once(child, 'close')
  return said
}

type Answer = { status: string; data: { result: { value?: [number, string] }[] } }

/** Starts Prometheus with the documented alerts, which reads these addresses each second, until the test has finished. */
async function startPrometheus(targets: readonly string[]) {
  const folder = await newDataDir()
  const { port, release } = await takePort()
  await writeFile(
    path.join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [path.join(operate, 'alerts.yml')],
      scrape_configs: [{ job_name: 'waybill', static_configs: [{ targets }] }],
    }),
  )
  await release()
  const options = [
    '--config.file=prometheus.yml',
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = spawn('prometheus', options, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', () => reject(new Error('prometheus is missing: apt-get install prometheus')))
    child.once('exit', () => reject(new Error(said)))
  })
  failed.catch(() => {})
  onTestFinished(async () => {
    if (child.exitCode !== null || child.pid === undefined) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const url = `http://127.0.0.1:${port}`
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  await Promise.race([until(isReady), failed])
  const evaluate = async (expression: string): Promise<Answer> =>
    (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`)).json() as Promise<Answer>
  const alertsIn = async (state: 'pending' | 'firing') => {
    const { data } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
      data: { alerts: { state: string; labels: { alertname: string } }[] }
    }
    return data.alerts.filter((one) => one.state === state).map(({ labels }) => labels.alertname)
  }
  return { evaluate, alertsIn }
}

async function makeTraffic(url: string, { path: projectPath, token }: JobProject): Promise<void> {
  const create = `{ projectPath: "${projectPath}", tagName: "v1", ref: "main" }`
  await ask(url, `mutation { releaseCreate(input: ${create}) { errors } }`, token)
  for (let time = 0; time < 4; time += 1) {
    await ask(url, `{ project(fullPath: "${projectPath}") { releases { nodes { tagName commit { sha } } } } }`, token)
    await fetch(`${url}/${projectPath}/-/archive/v1/x.zip`, { headers: { 'private-token': token } })
    await fetch(`${url}/nowhere`)
  }
}

test('Prometheus reads a server and a worker, and every panel of the dashboard has data', async () => {
  const project = await createJobProject()
  const server = serve(project.env, ['serve', '--no-worker'])
  const url = await server.listening()
  const { port, release } = await takePort()
  await release()
  const worker = serve(project.env, ['worker', '--metrics-port', `${port}`])
  await until(() => worker.stdout().includes('Waybill is running jobs.'))
  const targets = [new URL(url).host, `127.0.0.1:${port}`]
  const texts = await Promise.all(targets.map(async (host) => (await fetch(`http://${host}/metrics`)).text()))
  for (const text of texts) {
    // Node's own names are the library's.
    const complaints = (await promtoolReads(text)).split('\n').filter((line) => line && !line.startsWith('nodejs_'))
    expect(complaints).toEqual([])
  }
  const named = [...alerts.map(({ expr }) => expr), ...dashboardExpressions].flatMap(metricsIn)
  const isServed = (name: string) =>
    texts.some((text) => new RegExp(`^# TYPE ${name.replace(/_(bucket|sum|count)$/, '')} `, 'm').test(text))
  expect([...new Set(named)].filter((name) => name !== 'up' && !isServed(name))).toEqual([])

  const { evaluate, alertsIn } = await startPrometheus(targets)
  await until(async () => (await evaluate('count(up == 1)')).data.result[0]?.value?.[1] === '2')
  await makeTraffic(url, project)
  await until(
    async () => Number((await evaluate('sum(increase(waybill_jobs_total[1m]))')).data.result[0]?.value?.[1]) > 0,
  )
  // Two readings after the traffic.
  await until(
    async () =>
      Number((await evaluate('sum(increase(waybill_cache_requests_total[1m]))')).data.result[0]?.value?.[1]) > 0,
  )
  // A server without replicas tells of none.
  for (const expression of dashboardExpressions.filter((one) => !/waybill_replica_(lag|usable)/.test(one))) {
    const answer = await evaluate(expression)
    expect(answer.status, expression).toBe('success')
    expect(answer.data.result.length, expression).toBeGreaterThan(0)
  }
  // A machine that others use may be slow for a moment, which is pending for ten minutes.
  expect(await alertsIn('firing')).toEqual([])
  worker.kill('SIGKILL')
  await until(async () => (await alertsIn('pending')).includes('WaybillDown'))
}, 180_000)
