// The values in a cursor. They are as narrow as the columns that they are compared with, because PostgreSQL fails on wider
// values.
import { z } from 'zod'
import { MAX_INTEGER } from '../foundation/limits.ts'

export const IdValue = z.int().min(1).max(MAX_INTEGER)
export const IntegerValue = z.int().min(-MAX_INTEGER).max(MAX_INTEGER)

/** A time of the years 1 to 9999, because no other time is stored. */
export const MillisecondsValue = z
  .int()
  .min(Date.parse('0001-01-01T00:00:00Z'))
  .max(Date.parse('9999-12-31T23:59:59.999Z'))

/** A calendar date of the same years. */
export const DateValue = z.iso.date().refine((date) => !date.startsWith('0000'))

/** A text without NUL, which PostgreSQL does not store, and without half a surrogate pair, which UTF-8 does not have. */
export const TextValue = z
  .string()
  .max(1024)
  .refine((text) => !/[\0\p{Surrogate}]/u.test(text))
