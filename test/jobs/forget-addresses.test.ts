import { expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { enqueue } from '../../src/database/job-queue.ts'
import { startRegular } from '../../src/jobs/regular.ts'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'
import { work } from './job-world.ts'

const app = useApp()
const DAY_MS = 24 * 60 * 60_000

test('addresses are dropped from old audit events, and the events stay', async () => {
  const { project } = await createWorld(app)
  const event = (days: number) => ({
    ...{ eventType: 'x', authorName: 'Ada', projectId: project.id, targetType: 'Project', targetId: project.id },
    ...{ targetDetails: 'x', message: String(days), ipAddress: '192.0.2.7' },
    createdAt: new Date(Date.now() - days * DAY_MS),
  })
  await db.auditEvent.createMany({ data: [event(0), event(89), ...Array.from({ length: 5001 }, () => event(91))] })
  await enqueue(db, 'forget-addresses', { days: 90 }, { key: 'forget-addresses' })
  const { results } = await work(app)
  await expect.poll(() => results, { timeout: 10_000 }).toEqual(['forget-addresses done'])
  const kept = await db.auditEvent.findMany({ where: { ipAddress: { not: null } }, orderBy: { id: 'asc' } })
  expect(kept.map(({ message }) => message)).toEqual(['0', '89'])
  expect(await db.auditEvent.count()).toBe(5003)
})

test('what is asked for hourly is asked for after five minutes, what is asked for each minute at once, whatever fails', async () => {
  vi.useFakeTimers()
  try {
    const asked = vi.fn(async () => {})
    const warn = vi.fn()
    const often = vi.fn(async () => {})
    const hourly = [() => Promise.reject(new Error('away')), asked]
    const { stop } = startRegular({ warn } as never, { hourly, eachMinute: [often] })
    expect([asked.mock.calls.length, often.mock.calls.length]).toEqual([0, 1])
    // All at once, because other tests' timers that are set in the same process meanwhile would be waited for as well.
    vi.advanceTimersByTime(5 * 60_000)
    await Promise.resolve()
    expect([asked.mock.calls.length, warn.mock.calls.length, often.mock.calls.length]).toEqual([1, 1, 6])
    vi.advanceTimersByTime(60 * 60_000)
    expect(asked.mock.calls.length).toBe(2)
    stop()
    vi.advanceTimersByTime(3 * 60 * 60_000)
    expect(asked.mock.calls.length).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
