import { z } from 'zod'

/** Global IDs of the server, as the number that people know the thing by. */
export const NumericId = z
  .string()
  .regex(/\/\d+$/)
  .transform((id) => Number(id.slice(id.lastIndexOf('/') + 1)))
