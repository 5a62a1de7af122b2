import { z } from 'zod'
import type { ProtectedTagFragment } from '../../../generated/documents.ts'
import type { ProtectedTagNode } from '../../../modules/protected-tags/protected-tag-loaders.ts'
import { shownRows } from '../../kit/document.ts'
import { presenter } from '../kit/present.ts'

const AccessLevelBody = z.object({
  id: z.int(),
  access_level: z.int().nullable(),
  access_level_description: z.string().nullable(),
  user_id: z.int().optional(),
  group_id: z.int().optional(),
  deploy_key_id: z.int().optional(),
})

export const ProtectedTagBody = z
  .object({ name: z.string(), create_access_levels: z.array(AccessLevelBody) })
  .meta({ id: 'ProtectedTag' })

const presentLevel = presenter(AccessLevelBody)

export const shownProtectedTags = shownRows<ProtectedTagNode, ProtectedTagFragment, z.output<typeof ProtectedTagBody>>(
  /* GraphQL */ `
    query ProtectedTags { given { rows: protectedTags { ...ProtectedTag } } }
    fragment ProtectedTag on ProtectedTag {
      name
      create_access_levels: createAccessLevels {
        id: number
        access_level: accessLevel
        access_level_description: accessLevelDescription
        user_id: userId
        group_id: groupId
        deploy_key_id: deployKeyId
      }
    }
  `,
  ({ name, create_access_levels: levels }) => ({ name, create_access_levels: levels.map(presentLevel) }),
)
