import type { FreezePeriod } from '../../generated/prisma/client.ts'
import { parseCron } from './cron.ts'
import { findTimeZone } from './time-zones.ts'
import { instantAfter, instantUntil } from './zone-clock.ts'

export type FreezeSchedule = Pick<FreezePeriod, 'freezeStart' | 'freezeEnd' | 'cronTimezone'>

export type FreezeWindow = {
  active: boolean
  /** The start of the active freeze, otherwise the next start. */
  startTime: Date | null
  endTime: Date | null
}

const toDate = (instant: number | null) => (instant === null ? null : new Date(instant))

/**
 * A freeze is active from a start until the first end after it, both included (docs/contract/freezes.md#active). A row with
 * values that this server would have refused freezes nothing.
 */
export function freezeWindow(schedule: FreezeSchedule, now: Date): FreezeWindow {
  const start = parseCron(schedule.freezeStart)
  const end = parseCron(schedule.freezeEnd)
  const zone = findTimeZone(schedule.cronTimezone)
  if (!start || !end || !zone) return { active: false, startTime: null, endTime: null }
  const instant = now.getTime()
  const started = instantUntil(start, zone, instant)
  const ends = started === null ? null : instantAfter(end, zone, started)
  const active = ends !== null && instant <= ends
  return {
    active,
    startTime: toDate(active ? started : instantAfter(start, zone, instant)),
    endTime: toDate(instantAfter(end, zone, instant)),
  }
}
