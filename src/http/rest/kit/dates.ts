import { z } from 'zod'
import { readableTime } from '../../../foundation/time.ts'

/** Milliseconds and UTC: `2019-01-03T01:56:19.539Z`. */
export const Time = z.string().meta({ format: 'date-time' })
export const isoTime = (time: Date): string => time.toISOString()

const MINUTE_MS = 60_000

/** With the writer's own offset, as commits are shown: `2022-01-10T15:20:29.000+00:00`. */
export function timeAtOffset(time: Date, offset: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? []
  const shift = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return readableTime(new Date(time.getTime() + shift * MINUTE_MS))
    .toISOString()
    .replace('Z', offset)
}
