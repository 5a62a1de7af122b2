import { z } from 'zod'

/** In UTC and with milliseconds: `2019-01-03T01:56:19.539Z`. */
export const Time = z.string().meta({ format: 'date-time' })
export const isoTime = (time: Date): string => time.toISOString()
