import type { User } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'

const UserState = builder.enumType('UserState', {
  description: 'Whether an account may act.',
  values: {
    active: { description: 'May sign in and act.' },
    blocked: { description: 'Was blocked. Its tokens are refused.' },
    deactivated: { description: 'Has left. Its tokens are refused.' },
  },
})

const UserInterface = builder.interfaceRef<User>('User').implement({
  description: 'A person or a bot with an account.',
  fields: (t) => ({
    id: t.field({ type: 'UserID', nullable: false, kept: true, description: 'Global ID.', resolve: (user) => user.id }),
    username: t.exposeString('username', {
      nullable: false,
      kept: true,
      description: 'Unique name, as in URLs and mentions.',
    }),
    name: t.exposeString('name', { nullable: false, kept: true, description: 'Name shown to people.' }),
    state: t.expose('state', {
      type: UserState,
      nullable: false,
      kept: true,
      description: 'Whether the account may act.',
    }),
    avatarUrl: t.exposeString('avatarUrl', {
      kept: true,
      description: 'Absolute URL of the picture. Null when there is none.',
    }),
    webPath: t.string({
      nullable: false,
      kept: true,
      description: 'Relative path of the profile.',
      reads: ['username'],
      resolve: (user) => `/${user.username}`,
    }),
    webUrl: t.string({
      nullable: false,
      kept: true,
      description: 'Absolute URL of the profile.',
      reads: ['username'],
      resolve: (user, _args, { baseUrl }) => `${baseUrl}/${user.username}`,
    }),
  }),
})

export const UserCore = builder.prismaObject('User', {
  name: 'UserCore',
  description: 'An account.',
  access: 'public',
  interfaces: [UserInterface],
  isTypeOf: () => true,
  fields: (t) => ({
    number: t.exposeInt('id', {
      internal: true,
      kept: true,
      nullable: false,
      description: 'The number in the global ID.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      internal: true,
      nullable: false,
      description: 'When the account was made.',
    }),
    email: t.string({
      internal: true,
      description: 'The e-mail address; null for everybody but the account itself.',
      resolve: (user, _args, { viewer }) => (viewer.user?.id === user.id ? user.email : null),
    }),
    admin: t.boolean({
      internal: true,
      description: 'Whether it administers the server; null for everybody but the account itself.',
      resolve: (user, _args, { viewer }) => (viewer.user?.id === user.id ? user.admin : null),
    }),
  }),
})

givenRows('users', UserCore)

export const CurrentUser = builder.prismaObject('User', {
  variant: 'CurrentUser',
  description: 'The account that the request is signed in with.',
  access: 'public',
  interfaces: [UserInterface],
  isTypeOf: () => true,
})

builder.queryField('currentUser', (t) =>
  t.field({
    type: CurrentUser,
    description: 'The account that the request is signed in with. Null for anonymous requests.',
    resolve: (_root, _args, { viewer }) => viewer.user,
  }),
)
