import { z } from 'zod'

/** Turns a global ID into its number, because people use the number. */
export const NumericId = z
  .string()
  .regex(/\/\d+$/)
  .transform((id) => Number(id.slice(id.lastIndexOf('/') + 1)))
