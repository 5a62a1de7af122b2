import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isValidCron,
  occurrenceAfter,
  occurrenceUntil,
  parseCron,
  type Schedule,
} from '../../../src/modules/freezes/cron.ts'

const scheduleOf = (expression: string): Schedule => {
  const schedule = parseCron(expression)
  if (!schedule) throw new Error(`${expression} is no cron`)
  return schedule
}

const iso = (time: number | null) => time && new Date(time).toISOString()

describe('a cron expression', () => {
  test.each([
    '0 23 * * 5',
    '*/15 0-6 1,15 * *',
    '5/20 * * * *',
    '0 0 * jan-MAR mon-fri',
    '0 0 * * 7',
    '0 0 * * THU',
    '0 0 L * *',
    '0 0 * * 5#2',
    '0 0 29 2 *',
    '  0 7\t* * 1 ',
  ])('may be "%s"', (expression) => {
    expect(isValidCron(expression)).toBe(true)
  })

  test.each([
    ['', 'blank'],
    ['   ', 'blank'],
    ['friday', 'words'],
    ['* * * *', 'four fields'],
    ['0 0 23 * * 5', 'six fields, with seconds'],
    ['@daily', 'a macro'],
    ['60 * * * *', 'minute 60'],
    ['0 25 * * *', 'hour 25'],
    ['0 0 0 * *', 'day 0'],
    ['0 0 32 * *', 'day 32'],
    ['0 0 * 13 *', 'month 13'],
    ['0 0 * * 8', 'weekday 8'],
    ['*/0 * * * *', 'a step of 0'],
    ['0 0 1- * *', 'half a range'],
    ['0 0 31 2 *', 'a day that never comes'],
    ['H H * * *', 'random values'],
    ['0 0 ? * *', 'a question mark'],
    ['0 0 * * 5L', 'the last weekday of a month'],
  ])('may not be "%s": %s', (expression) => {
    expect(isValidCron(expression)).toBe(false)
  })
})

describe('occurrences', () => {
  test.each([
    ['0 0 29 2 *', '2026-11-21T12:00:00Z', '2024-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 29 2 *', '2098-01-01T00:00:00Z', '2096-02-29T00:00:00.000Z', '2104-02-29T00:00:00.000Z'],
    ['0 0 L * *', '2028-02-10T00:00:00Z', '2028-01-31T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 * 2 1#5', '2026-11-21T12:00:00Z', '2016-02-29T00:00:00.000Z', '2044-02-29T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-11-21T12:00:00Z', '2026-11-20T00:00:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['0 0 13 * *', '2026-11-13T00:00:00Z', '2026-11-13T00:00:00.000Z', '2026-12-13T00:00:00.000Z'],
  ])('of "%s" around %s are %s and %s', (expression, time, until, after) => {
    const schedule = scheduleOf(expression)
    expect(iso(occurrenceUntil(schedule, Date.parse(time)))).toBe(until)
    expect(iso(occurrenceAfter(schedule, Date.parse(time)))).toBe(after)
  })

  test('are those of the parser itself', () => {
    const value = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc.integer({ min: 1, max: 7 }).map((step) => `*/${step}`),
        fc
          .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      )
    const fields = fc.tuple(value(0, 59), value(0, 23), value(1, 28), value(1, 12), value(0, 6))
    const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(fields, time, (parts, currentDate) => {
        const expression = parts.join(' ')
        const schedule = scheduleOf(expression)
        const own = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate })
        expect(iso(occurrenceAfter(schedule, currentDate.getTime()))).toBe(own.next().toISOString())
        own.reset(new Date(currentDate.getTime() + 1))
        expect(iso(occurrenceUntil(schedule, currentDate.getTime()))).toBe(own.prev().toISOString())
      }),
      { numRuns: 100 },
    )
  })
})
