// What positions consist of, as narrow as the columns that they are compared with: PostgreSQL fails on anything wider.
import { z } from 'zod'
import { MAX_INTEGER } from '../foundation/limits.ts'

export const IdValue = z.int().min(1).max(MAX_INTEGER)
export const IntegerValue = z.int().min(-MAX_INTEGER).max(MAX_INTEGER)

/** Of the years 1 to 9999: no other time is stored. */
export const MillisecondsValue = z
  .int()
  .min(Date.parse('0001-01-01T00:00:00Z'))
  .max(Date.parse('9999-12-31T23:59:59.999Z'))

/** A calendar date of the same years. */
export const DateValue = z.iso.date().refine((date) => !date.startsWith('0000'))

/** PostgreSQL's texts hold no NUL, and UTF-8 no half of a surrogate pair. */
export const TextValue = z
  .string()
  .max(1024)
  .refine((text) => !/[\0\p{Surrogate}]/u.test(text))
