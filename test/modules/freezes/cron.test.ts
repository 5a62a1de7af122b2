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
    '0 0 * * SAT-SUN',
    '0 0 * * 6-0',
    '0 22-2 * * *',
    '0 0 1 nov-feb *',
    '0 24 * * *',
    '0 0-24 * * *',
    '50-10/5 * * * *',
    '0 0 25-5 * *',
    '0 0 -2 * *',
    '0 0 25-L * *',
    '0 0 last * *',
    '0 0 * * 5#L,1#-2',
    '0 0 1& * mon',
    '/15 , * * *'.replace(' ,', ' ,5,,6,'),
    '0 0/5 * * *',
  ])('a cron expression may be "%s"', (expression) => {
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
    ['0 0 * * mon%2', 'counted weeks'],
    ['0 0 * * 6-0/2', 'a step in weekdays that wrap'],
    ['0 0 -3-5 * *', 'days from the end to days from the start'],
    ['0 0 * * monday', 'a whole word'],
    ['0 0 * foo *', 'no month'],
    ['0 0 -1& * mon#1', 'a last day that is a first Monday'],
    ['0 0 * * * UTC', 'a time zone'],
    ['0\n0 * * *', 'a line break'],
    [', * * * *', 'commas alone'],
    ['0 0 1- * *', 'half a range'],
    ['0 0 31 2 *', 'a day that never comes'],
    ['H H * * *', 'random values'],
    ['0 0 ? * *', 'a question mark'],
    ['0 0 * * 5L', 'the last weekday of a month'],
  ])('a cron expression may not be "%s": %s', (expression) => {
    expect(isValidCron(expression)).toBe(false)
  })
})

describe('the occurrences of a cron expression', () => {
  test.each([
    ['0 0 29 2 *', '2026-11-21T12:00:00Z', '2024-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 29 2 *', '2098-01-01T00:00:00Z', '2096-02-29T00:00:00.000Z', '2104-02-29T00:00:00.000Z'],
    ['0 0 L * *', '2028-02-10T00:00:00Z', '2028-01-31T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 * 2 1#5', '2026-11-21T12:00:00Z', '2016-02-29T00:00:00.000Z', '2044-02-29T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-11-21T12:00:00Z', '2026-11-20T00:00:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['0 0 13 * *', '2026-11-13T00:00:00Z', '2026-11-13T00:00:00.000Z', '2026-12-13T00:00:00.000Z'],
  ])('the occurrences of "%s" around %s are %s and %s', (expression, time, until, after) => {
    const schedule = scheduleOf(expression)
    expect(iso(occurrenceUntil(schedule, Date.parse(time)))).toBe(until)
    expect(iso(occurrenceAfter(schedule, Date.parse(time)))).toBe(after)
  })

  test('the occurrences are the same as those of another parser', () => {
    // A step of 1 means every day to Waybill and GitLab, but a choice of all days to the other parser.
    const value = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
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

describe('a range that wraps', () => {
  const wrapped = (min: number, max: number, from: number, to: number, step = 1) => {
    const values: number[] = []
    for (let value = from; ; value = value === max ? min : value + 1) {
      values.push(value)
      if (value === to) break
    }
    return values.filter((_value, at) => at % step === 0).join(',')
  }
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const
  const names = [
    [],
    [],
    [],
    ['', 'jan', 'FEB', 'Mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'DEC'],
    ['sun', 'MON', 'Tue', 'wed', 'thu', 'fri', 'sat'],
  ]

  test('a range that wraps means the same as the list of its values, in every field, by numbers and by names', () => {
    const choice = fc.integer({ min: 0, max: 4 }).chain((field) => {
      const [min, max] = bounds[field] ?? [0, 0]
      const value = fc.integer({ min, max })
      return fc.tuple(
        fc.constant(field),
        value,
        value,
        field === 4 ? fc.constant(1) : fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
      )
    })
    const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(choice, time, ([field, from, to, step, named], now) => {
        const [min, max] = bounds[field] ?? [0, 0]
        // A range over the whole field does not limit its values.
        if (field === 2 && (to - from === 30 || from - to === 1)) return
        const fields = ['0', '0', '*', '*', '*']
        const show = (value: number) => (named && names[field]?.[value]) || String(value)
        const range = fields.with(field, `${show(from)}-${show(to)}${step > 1 ? `/${step}` : ''}`).join(' ')
        const list = fields.with(field, wrapped(min, max, from, to, step)).join(' ')
        const [one, other] = [scheduleOf(range), scheduleOf(list)]
        expect(iso(occurrenceAfter(one, now.getTime()))).toBe(iso(occurrenceAfter(other, now.getTime())))
        expect(iso(occurrenceUntil(one, now.getTime()))).toBe(iso(occurrenceUntil(other, now.getTime())))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['0 0 * * SAT-SUN', '0 0 * * 6,0'],
    ['0 0 * * 6-0', '0 0 * * 0,6'],
    ['0 0 * * 5-7', '0 0 * * 5,6,0'],
    ['0 22-2 * * *', '0 22,23,0,1,2 * * *'],
    ['0 22-24 * * *', '0 22,23,0 * * *'],
    ['0 0-24 * * *', '0 * * * *'],
    ['0 24 * * *', '0 0 * * *'],
    ['0 24-2 * * *', '0 0,1,2 * * *'],
    ['0 0 1 nov-feb *', '0 0 1 11,12,1,2 *'],
    ['50-10/10 * * * *', '50,0,10 * * * *'],
    ['0 0 30-2 * *', '0 0 30,31,1,2 * *'],
    ['0 0/5 * * *', '0 0,5,10,15,20 * * *'],
    ['/20 * * * *', '0,20,40 * * * *'],
    ['0 0 1-31 * 1', '0 0 * * 1'],
    ['0 0 */1 * 1', '0 0 * * 1'],
    ['0 0 -3--1 * *', '0 0 -3,-2,L * *'],
  ])('%s occurs when %s does', (expression, same) => {
    const [one, other] = [scheduleOf(expression), scheduleOf(same)]
    for (let time = Date.parse('2026-01-01T00:30:00Z'), count = 0; count < 200; count++) {
      const next = occurrenceAfter(one, time)
      expect(iso(next)).toBe(iso(occurrenceAfter(other, time)))
      time = next ?? 0
    }
  })
})

test.each([
  ['0 0 -2 * *', '2028-02-10T00:00:00Z', '2028-02-28T00:00:00.000Z'],
  ['0 0 25-L 2 *', '2027-02-27T00:00:00Z', '2027-02-28T00:00:00.000Z'],
  ['0 0 * * 5#L', '2026-11-01T00:00:00Z', '2026-11-27T00:00:00.000Z'],
  ['0 0 * * mon#-2', '2026-11-01T00:00:00Z', '2026-11-23T00:00:00.000Z'],
  ['0 0 13& * fri', '2026-11-01T00:00:00Z', '2026-11-13T00:00:00.000Z'],
  ['0 0 13 * fri&', '2026-11-14T00:00:00Z', '2027-08-13T00:00:00.000Z'],
])('%s occurs, after %s, at %s', (expression, time, next) => {
  expect(iso(occurrenceAfter(scheduleOf(expression), Date.parse(time)))).toBe(next)
})

test('an expression that occurs once in decades is found without looking at every day of the decades', () => {
  const spent = (expression: string) => {
    const before = process.cpuUsage()
    for (let times = 0; times < 300; times++) {
      const schedule = scheduleOf(expression)
      occurrenceAfter(schedule, Date.UTC(2026, 10, 26))
      occurrenceUntil(schedule, Date.UTC(2026, 10, 26))
    }
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  const [rare, daily] = ['0 0 29& 2 thu#5', '0 0 * * *']
  for (const expression of [rare, daily]) spent(expression)
  expect(spent(rare)).toBeLessThan(130 * spent(daily))
})
