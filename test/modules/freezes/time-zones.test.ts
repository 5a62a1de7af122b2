import { expect, test } from 'vitest'
import { friendlyZones } from '../../../src/modules/freezes/friendly-zones.ts'
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
])('the name %s stands for the zone %s', (name, zone) => {
  expect(findTimeZone(name)?.id).toBe(zone)
})

test.each(['', ' ', 'Springfield', 'Europe/Springfield', '+02:00', 'local', 'constructor', 'Berlin '])(
  'the name "%s" is no time zone',
  (name) => {
    expect(isValidTimezone(name)).toBe(false)
  },
)

test.each(Object.keys(friendlyZones))('the friendly name %s stands for a zone that this Node knows', (name) => {
  expect(isValidTimezone(name)).toBe(true)
})

test.each([
  ['UTC', '2026-07-01T00:00:00Z', 0],
  ['Europe/Berlin', '2026-03-29T00:59:59Z', 60],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', 120],
  ['America/New_York', '2026-07-01T00:00:00Z', -240],
  ['America/St_Johns', '2026-01-01T00:00:00Z', -210],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 345],
])('the clocks of %s are at %s ahead of UTC by %i minutes', (name, instant, minutes) => {
  expect(findTimeZone(name)?.offsetAt(Date.parse(instant))).toBe(minutes * 60_000)
})
