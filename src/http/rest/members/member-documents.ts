import { z } from 'zod'
import type { MemberFragment, UserFragment } from '../../../generated/documents.ts'
import type { MemberNode } from '../../../modules/members/member-loaders.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'
import { UserBody } from '../users/user-bodies.ts'
import { userFragment } from '../users/user-documents.ts'

export const MemberBody = z
  .object({
    ...UserBody.shape,
    access_level: z.int(),
    created_at: Time,
    expires_at: z.string().meta({ format: 'date' }).nullable(),
    membership_state: z.literal('active'),
  })
  .meta({ id: 'Member', description: 'A member, with the highest role in the project and in the groups above it.' })

export const shownMembers = shownRows<MemberNode, MemberFragment, z.output<typeof MemberBody>>(
  /* GraphQL */ `
    query Members { given { rows: members { ...Member } } }
    fragment Member on Member {
      user { ...User }
      access_level: roleNumber
      created_at: createdAt
      expires_at: expiresAt
    }
    ${userFragment}
  `,
  ({ user, expires_at: expiry, ...member }) => ({
    // A foreign key guarantees the account.
    ...(user as UserFragment),
    ...member,
    expires_at: expiry?.slice(0, 10) ?? null,
    membership_state: 'active',
  }),
)
