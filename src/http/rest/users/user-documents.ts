import type { z } from 'zod'
import type { CurrentUserFragment, UserFragment } from '../../../generated/documents.ts'
import type { User } from '../../../generated/prisma/client.ts'
import { shownRows } from '../../kit/document.ts'
import { presenter } from '../kit/present.ts'
import { CurrentUserBody, UserBody } from './user-bodies.ts'

export const userFragment = /* GraphQL */ `
  fragment User on UserCore {
    id: number
    username
    name
    state
    avatar_url: avatarUrl
    web_url: webUrl
  }
`

const presentCurrentUser = presenter(CurrentUserBody)

export const shownCurrentUser = shownRows<User, CurrentUserFragment, z.output<typeof CurrentUserBody>>(
  /* GraphQL */ `
    query CurrentUser { given { rows: users { ...CurrentUser } } }
    fragment CurrentUser on UserCore { ...User created_at: createdAt email is_admin: admin }
    ${userFragment}
  `,
  (user) => presentCurrentUser({ ...user, is_admin: user.is_admin || null }),
)

export const shownUsers = shownRows<User, UserFragment, z.output<typeof UserBody>>(
  /* GraphQL */ `
    query Users { given { rows: users { ...User } } }
    ${userFragment}
  `,
  presenter(UserBody),
)
