import { z } from 'zod'
import type { FreezePeriodFragment } from '../../../generated/documents.ts'
import type { FreezePeriodNode } from '../../../modules/freezes/freeze-loaders.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'

export const FreezePeriodBody = z
  .object({
    id: z.int(),
    freeze_start: z.string(),
    freeze_end: z.string(),
    cron_timezone: z.string(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'FreezePeriod' })

export const shownFreezePeriods = shownRows<FreezePeriodNode, FreezePeriodFragment, z.output<typeof FreezePeriodBody>>(
  /* GraphQL */ `
    query FreezePeriods { given { rows: freezePeriods { ...FreezePeriod } } }
    fragment FreezePeriod on CiFreezePeriod {
      id: number
      freeze_start: startCron
      freeze_end: endCron
      cron_timezone: cronTimezone
      created_at: createdAt
      updated_at: updatedAt
    }
  `,
  presenter(FreezePeriodBody),
)
