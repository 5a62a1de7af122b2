import { describe, expect, test } from 'vitest'
import { type Role, role } from '../../../src/access/roles.ts'
import { anonymous, type Viewer } from '../../../src/access/viewer.ts'
import type { User } from '../../../src/generated/prisma/client.ts'
import { mayCreateTag, type TagProtection } from '../../../src/modules/protected-tags/protected-tag-policy.ts'

const project = { id: 7, ancestorIds: [1, 2], deletedAt: null }
const userId = 3

type Level = TagProtection['accessLevels'][number]
const nothing = { accessLevel: null, userId: null, groupId: null }
const protect = (name: string, ...levels: Partial<Level>[]): TagProtection => ({
  name,
  accessLevels: levels.map((level) => ({ ...nothing, ...level })),
})

function viewerWith(held: Role, { admin = false, groupRoles = [] as [number, Role][] } = {}): Viewer {
  // The policy reads only these fields of the account.
  const user = { id: userId, admin } as User
  return { ...anonymous(), user, projectRoles: new Map([[project.id, held]]), groupRoles: new Map(groupRoles) }
}

describe('the roles that may create v1.0', () => {
  const { none, guest, planner, reporter, developer, maintainer, owner } = role
  const roles = { none, guest, planner, reporter, developer, maintainer, owner }

  test.each<[string, TagProtection[], (keyof typeof roles)[]]>([
    ['not protected', [], ['developer', 'maintainer', 'owner']],
    ['not protected, but another one is', [protect('w*', { accessLevel: 0 })], ['developer', 'maintainer', 'owner']],
    ['protected for Developers', [protect('v*', { accessLevel: 30 })], ['developer', 'maintainer', 'owner']],
    ['protected for Maintainers', [protect('v*', { accessLevel: 40 })], ['maintainer', 'owner']],
    ['protected from everybody', [protect('v1.0', { accessLevel: 0 })], []],
    ['protected with no level at all', [protect('v*')], []],
    ['protected for a deploy key', [protect('v*', {})], []],
    [
      'protected twice: the weaker rule admits',
      [protect('v1.0', { accessLevel: 0 }), protect('v*', { accessLevel: 40 })],
      ['maintainer', 'owner'],
    ],
    [
      'protected for Maintainers and for Developers in one rule',
      [protect('v*', { accessLevel: 40 }, { accessLevel: 30 })],
      ['developer', 'maintainer', 'owner'],
    ],
    ['protected for this user', [protect('v*', { userId })], ['developer', 'maintainer', 'owner']],
    ['protected for another user', [protect('v*', { userId: 99 })], []],
    ['protected for a group of others', [protect('v*', { groupId: 9 })], []],
  ])('a tag that is %s may be created by the listed roles', (_protection, protectedTags, admitted) => {
    const names = Object.keys(roles) as (keyof typeof roles)[]
    expect(names.filter((name) => mayCreateTag(viewerWith(roles[name]), project, 'v1.0', protectedTags))).toEqual(
      admitted,
    )
  })
})

describe('an entry of a group', () => {
  const protectedTags = [protect('v*', { groupId: 9 })]

  test.each([
    ['developer', true],
    ['maintainer', true],
    ['reporter', false],
    ['guest', false],
  ] as const)('an entry of a group whose %s the viewer is admits the viewer: %s', (name, admitted) => {
    const viewer = viewerWith(role.developer, { groupRoles: [[9, role[name]]] })
    expect(mayCreateTag(viewer, project, 'v1.0', protectedTags)).toBe(admitted)
  })

  test('an entry of a group does not help a member who may not push to the project', () => {
    const viewer = viewerWith(role.reporter, { groupRoles: [[9, role.owner]] })
    expect(mayCreateTag(viewer, project, 'v1.0', protectedTags)).toBe(false)
  })
})

test('a role inherited from a group above the project counts', () => {
  const viewer = viewerWith(role.none, { groupRoles: [[1, role.maintainer]] })
  expect(mayCreateTag(viewer, project, 'v1.0', [protect('v*', { accessLevel: 40 })])).toBe(true)
})

test('an administrator counts as Owner, and "no one" stops administrators too', () => {
  const admin = viewerWith(role.none, { admin: true })
  expect(mayCreateTag(admin, project, 'v1.0', [protect('v*', { accessLevel: 40 })])).toBe(true)
  expect(mayCreateTag(admin, project, 'v1.0', [protect('v*', { accessLevel: 0 })])).toBe(false)
})

test('nobody without an account may create a tag', () => {
  expect(mayCreateTag(anonymous(), project, 'v1.0', [])).toBe(false)
})
