import { expect, test, vi } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'
import { inSeconds, publish, work } from './job-world.ts'

const app = useApp()

const jobMetrics = async () => {
  const text = await (await fetch(`${app.url}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith('waybill_jobs{'))
}

const metrics = (due: number, later: number) => [
  `waybill_jobs{state="due"} ${due}`,
  `waybill_jobs{state="later"} ${later}`,
  'waybill_jobs{state="running"} 0',
  'waybill_jobs{state="failed"} 0',
]

test('/metrics counts the jobs that are due and the jobs that wait for a date', async () => {
  const world = await createWorld(app)
  expect(await jobMetrics()).toEqual(metrics(0, 0))
  await publish(app, world)
  await publish(app, world, { releasedAt: inSeconds(3600) })
  expect(await jobMetrics()).toEqual(metrics(2, 2))
  await work(app)
  await vi.waitFor(async () => expect(await jobMetrics()).toEqual(metrics(0, 2)), { timeout: 8000, interval: 50 })
})
