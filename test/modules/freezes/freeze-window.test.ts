import { describe, expect, test } from 'vitest'
import { freezeWindow } from '../../../src/modules/freezes/freeze-window.ts'

const windowAt = (period: { start: string; end: string; zone?: string }, now: string) => {
  const { start: freezeStart, end: freezeEnd, zone: cronTimezone = 'UTC' } = period
  const { active, startTime, endTime } = freezeWindow({ freezeStart, freezeEnd, cronTimezone }, new Date(now))
  return [active, startTime?.toISOString().replace('.000', ''), endTime?.toISOString().replace('.000', '')]
}

describe('a freeze from Friday 23:00 to Monday 07:00', () => {
  const weekend = { start: '0 23 * * 5', end: '0 7 * * 1' }
  const [friday, monday] = ['2026-11-20T23:00:00Z', '2026-11-23T07:00:00Z']
  const [nextFriday, nextMonday] = ['2026-11-27T23:00:00Z', '2026-11-30T07:00:00Z']

  test.each([
    ['2026-11-20T22:59:59.999Z', false, friday, monday],
    ['2026-11-20T23:00:00Z', true, friday, monday],
    ['2026-11-22T12:00:00Z', true, friday, monday],
    ['2026-11-23T06:59:59.999Z', true, friday, monday],
    ['2026-11-23T07:00:00Z', true, friday, nextMonday],
    ['2026-11-23T07:00:00.001Z', false, nextFriday, nextMonday],
    ['2026-11-25T00:00:00Z', false, nextFriday, nextMonday],
  ])('the freeze at %s: active %s, from %s to %s', (now, active, start, end) => {
    expect(windowAt(weekend, now)).toEqual([active, start, end])
  })
})

describe('a freeze in Europe/Berlin', () => {
  const night = { start: '0 22 * * *', end: '0 6 * * *', zone: 'Europe/Berlin' }
  const skipped = { start: '30 2 * * *', end: '0 5 * * *', zone: 'Berlin' }
  const untilSkipped = { start: '0 1 * * *', end: '30 2 * * *', zone: 'Europe/Berlin' }

  test.each([
    [
      'the night of the change to summer time is an hour shorter',
      night,
      '2026-03-28T23:00:00Z',
      true,
      '2026-03-28T21:00:00Z',
      '2026-03-29T04:00:00Z',
    ],
    [
      'the night of the change to winter time is an hour longer',
      night,
      '2026-10-25T05:00:00Z',
      true,
      '2026-10-24T20:00:00Z',
      '2026-10-26T05:00:00Z',
    ],
    [
      'a skipped start is announced for when the clocks change',
      skipped,
      '2026-03-29T00:59:59Z',
      false,
      '2026-03-29T01:00:00Z',
      '2026-03-29T03:00:00Z',
    ],
    [
      'a skipped start counts when the clocks have changed',
      skipped,
      '2026-03-29T01:00:00Z',
      true,
      '2026-03-29T01:00:00Z',
      '2026-03-29T03:00:00Z',
    ],
    [
      'a skipped start still counts hours later',
      skipped,
      '2026-03-29T02:59:59Z',
      true,
      '2026-03-29T01:00:00Z',
      '2026-03-29T03:00:00Z',
    ],
    [
      'a skipped end counts when the clocks have changed',
      untilSkipped,
      '2026-03-29T01:00:00Z',
      true,
      '2026-03-29T00:00:00Z',
      '2026-03-30T00:30:00Z',
    ],
    [
      'a skipped end ends the freeze',
      untilSkipped,
      '2026-03-29T01:00:01Z',
      false,
      '2026-03-29T23:00:00Z',
      '2026-03-30T00:30:00Z',
    ],
    [
      'a start that occurs twice counts the first time',
      skipped,
      '2026-10-25T00:30:00Z',
      true,
      '2026-10-25T00:30:00Z',
      '2026-10-25T04:00:00Z',
    ],
    [
      'a start that occurs twice does not count again',
      skipped,
      '2026-10-25T01:45:00Z',
      true,
      '2026-10-25T00:30:00Z',
      '2026-10-25T04:00:00Z',
    ],
    [
      'an end that occurs twice counts the first time',
      untilSkipped,
      '2026-10-25T00:30:01Z',
      false,
      '2026-10-26T00:00:00Z',
      '2026-10-26T01:30:00Z',
    ],
    [
      'an end that occurs twice does not count again',
      untilSkipped,
      '2026-10-25T01:15:00Z',
      false,
      '2026-10-26T00:00:00Z',
      '2026-10-26T01:30:00Z',
    ],
  ])('%s', (_behaviour, period, now, active, start, end) => {
    expect(windowAt(period, now)).toEqual([active, start, end])
  })
})

describe('a freeze in America/New_York', () => {
  const weekend = { start: '0 23 * * 5', end: '0 7 * * 1', zone: 'Eastern Time (US & Canada)' }

  test.each([
    [
      'a weekend that goes over to summer time ends at 07:00 of the new time',
      '2026-03-09T11:00:00Z',
      true,
      '2026-03-07T04:00:00Z',
      '2026-03-16T11:00:00Z',
    ],
    [
      'a weekend that goes over to winter time ends at 07:00 of the new time',
      '2026-11-02T12:00:00Z',
      true,
      '2026-10-31T03:00:00Z',
      '2026-11-09T12:00:00Z',
    ],
    [
      'after the change the next weekend starts at 23:00 of the new time',
      '2026-11-02T12:00:01Z',
      false,
      '2026-11-07T04:00:00Z',
      '2026-11-09T12:00:00Z',
    ],
  ])('%s', (_behaviour, now, active, start, end) => {
    expect(windowAt(weekend, now)).toEqual([active, start, end])
  })
})

describe('unusual schedules', () => {
  test('a freeze on a leap day is found years ahead', () => {
    const leapDay = { start: '0 0 29 2 *', end: '0 0 1 3 *' }
    expect(windowAt(leapDay, '2026-11-21T00:00:00Z')).toEqual([false, '2028-02-29T00:00:00Z', '2027-03-01T00:00:00Z'])
    expect(windowAt(leapDay, '2028-02-29T12:00:00Z')).toEqual([true, '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'])
  })

  test('a freeze with equal expressions lasts from each occurrence to the next, and so always', () => {
    const daily = { start: '0 9 * * *', end: '0 9 * * *' }
    expect(windowAt(daily, '2026-11-21T12:00:00Z')).toEqual([true, '2026-11-21T09:00:00Z', '2026-11-22T09:00:00Z'])
    expect(windowAt(daily, '2026-11-22T09:00:00Z')).toEqual([true, '2026-11-22T09:00:00Z', '2026-11-23T09:00:00Z'])
  })

  test('the latest of several starts before an end is shown', () => {
    const starts = { start: '0 8,10 * * *', end: '0 12 * * *' }
    expect(windowAt(starts, '2026-11-21T09:00:00Z')).toEqual([true, '2026-11-21T08:00:00Z', '2026-11-21T12:00:00Z'])
    expect(windowAt(starts, '2026-11-21T11:00:00Z')).toEqual([true, '2026-11-21T10:00:00Z', '2026-11-21T12:00:00Z'])
  })

  test.each([
    { start: 'tomorrow', end: '0 7 * * 1' },
    { start: '0 23 * * 5', end: '0 0 31 2 *' },
    { start: '0 23 * * 5', end: '0 7 * * 1', zone: 'Europe/Springfield' },
  ])('a freeze that cannot be read freezes nothing: %o', (period) => {
    expect(windowAt(period, '2026-11-21T00:00:00Z')).toEqual([false, undefined, undefined])
  })
})
