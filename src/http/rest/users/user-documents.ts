import type { z } from 'zod'
import type { CurrentUserFragment, UserFragment } from '../../../generated/documents.ts'
import type { User } from '../../../generated/prisma/client.ts'
import { shownRows } from '../../kit/document.ts'
import { present } from '../kit/present.ts'
import type { CurrentUserBody, UserBody } from './user-bodies.ts'

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

type Body = z.output<typeof CurrentUserBody>

export const shownCurrentUser = shownRows<User, CurrentUserFragment, Body>(
  /* GraphQL */ `
    query CurrentUser { given { rows: users { ...CurrentUser } } }
    fragment CurrentUser on UserCore { ...User created_at: createdAt email is_admin: admin }
    ${userFragment}
  `,
  (user) => present<Body>({ ...user, is_admin: user.is_admin || null }, ['avatar_url', 'email']),
)

export const shownUsers = shownRows<User, UserFragment, z.output<typeof UserBody>>(
  /* GraphQL */ `
    query Users { given { rows: users { ...User } } }
    ${userFragment}
  `,
  (user) => present<z.output<typeof UserBody>>(user, ['avatar_url']),
)
