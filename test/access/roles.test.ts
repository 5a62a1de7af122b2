import { describe, expect, test } from 'vitest'
import { can } from '../../src/access/abilities.ts'
import { role } from '../../src/access/roles.ts'
import { anonymous, type Viewer } from '../../src/access/viewer.ts'
import { GROUP, heir, member, PROJECT, project, signedIn } from './viewers.ts'

describe('a role', () => {
  test('a role counts when it is inherited from a group above the project', () => {
    expect(can(heir('developer'), 'release:create', project({ visibility: 'private' }))).toBe(true)
  })

  test('a role in a group does not reach projects outside the group', () => {
    const elsewhere = project({ id: 8, visibility: 'private', ancestorIds: [1, 4] })
    expect(can(heir('owner'), 'project:read', elsewhere)).toBe(false)
  })

  test('a role in a project does not reach other projects of the same group', () => {
    expect(can(member('owner'), 'project:read', project({ id: 8, visibility: 'private' }))).toBe(false)
  })

  test('the highest of all roles of a viewer counts', () => {
    const viewer = signedIn({
      projectRoles: new Map([[PROJECT, role.guest]]),
      groupRoles: new Map([
        [1, role.maintainer],
        [GROUP, role.reporter],
      ]),
    })
    expect(can(viewer, 'release:delete', project())).toBe(true)
  })

  test('the role of a pipeline opens its own project but no internal project', () => {
    const pipeline: Viewer = { ...anonymous(), projectRoles: new Map([[PROJECT, role.developer]]) }
    expect(can(pipeline, 'release:create', project({ visibility: 'private' }))).toBe(true)
    expect(can(pipeline, 'project:read', project({ id: 8, visibility: 'internal' }))).toBe(false)
  })
})

test('the abilities in one project are not taken from the decision about another project', () => {
  const viewer = member('developer')
  expect(can(viewer, 'release:create', project())).toBe(true)
  expect(can(viewer, 'release:create', project({ id: 8 }))).toBe(false)
})
