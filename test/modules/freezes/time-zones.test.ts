import { expect, test } from 'vitest'
import { findTimeZone, isValidTimezone } from '../../../src/modules/freezes/time-zones.ts'

test.each([
  ['UTC', 'UTC'],
  ['Europe/Berlin', 'Europe/Berlin'],
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['Etc/GMT+12', 'Etc/GMT+12'],
  ['Berlin', 'Europe/Berlin'],
  ['Eastern Time (US & Canada)', 'America/New_York'],
  ["Nuku'alofa", 'Pacific/Tongatapu'],
  ['Kyiv', 'Europe/Kyiv'],
])('%s stands for %s', (name, zone) => {
  expect(findTimeZone(name)).toBe(zone)
})

test.each(['', ' ', 'Springfield', 'Europe/Springfield', '+02:00', 'local', 'constructor', 'Berlin '])(
  '"%s" is no time zone',
  (name) => {
    expect(isValidTimezone(name)).toBe(false)
  },
)

test.each(['Greenland', 'Rangoon', 'Astana', 'Asuncion', 'Samoa', 'International Date Line West', 'Kyiv', 'Chongqing'])(
  '%s stands for a zone that this Node knows',
  (name) => {
    const timeZone = findTimeZone(name) ?? name
    expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow()
  },
)
