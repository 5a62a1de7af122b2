import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freezeWindow } from '../../../src/modules/freezes/freeze-window.ts'

test('a freeze is active exactly when a clock watched minute by minute says so', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']
  const changes = ['2026-03-29T01:00:00Z', '2026-11-01T06:00:00Z', '2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z']
  const daily = fc.record({ minute: fc.integer({ min: 0, max: 59 }), hour: fc.integer({ min: 0, max: 4 }) })
  const minutesAround = fc.integer({ min: -300, max: 300 })
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...changes),
      daily,
      daily,
      minutesAround,
      (zone, change, start, end, minutes) => {
        const now = Date.parse(change) + minutes * 60_000
        const cron = ({ minute, hour }: typeof start) => `${minute} ${hour} * * *`
        const period = { freezeStart: cron(start), freezeEnd: cron(end), cronTimezone: zone }
        expect(freezeWindow(period, new Date(now)).active).toBe(watch(zone, start, end, now))
      },
    ),
    { numRuns: 60 },
  )
})

const nightly = { freezeStart: '30 2 * * *', freezeEnd: '0 5 * * *', cronTimezone: 'Europe/Berlin' }

test('a time that the clocks skip comes when they have skipped it', () => {
  expect(freezeWindow(nightly, new Date('2026-03-29T00:59:00Z')).active).toBe(false)
  expect(freezeWindow(nightly, new Date('2026-03-29T01:00:00Z')).active).toBe(true)
})

test('a time that comes twice counts the first time', () => {
  expect(freezeWindow(nightly, new Date('2026-10-25T00:29:00Z')).active).toBe(false)
  expect(freezeWindow(nightly, new Date('2026-10-25T00:31:00Z')).active).toBe(true)
})

type TimeOfDay = { hour: number; minute: number }

/** Watches the zone's clock for two days. A time of day has come when the clock first shows it, or a later time of that day. */
function watch(zone: string, start: TimeOfDay, end: TimeOfDay, now: number): boolean {
  const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const shown = ({ hour, minute }: TimeOfDay) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
  let [day, startCame, endCame, active, endsNow] = ['', true, true, false, false]
  for (let instant = now - 2 * 86_400_000; instant <= now; instant += 60_000) {
    const [date = '', time = ''] = clock.format(instant).split(' ')
    if (date > day) [day, startCame, endCame] = [date, day === '', day === '']
    const ends = !endCame && time >= shown(end)
    const starts = !startCame && time >= shown(start)
    endsNow = ends && active
    if (ends) [endCame, active] = [true, false]
    if (starts) [startCame, active] = [true, true]
  }
  return active || endsNow
}
