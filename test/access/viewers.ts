// Viewers by what they may do, and a project that they meet.
import type { ProjectAccess } from '../../src/access/abilities.ts'
import { type RoleName, role } from '../../src/access/roles.ts'
import { anonymous, type Viewer } from '../../src/access/viewer.ts'
import type { User } from '../../src/generated/prisma/client.ts'

export const PROJECT = 7
export const GROUP = 3

export const account = (admin = false): User => ({
  id: 1,
  username: 'somebody',
  name: 'Somebody',
  email: null,
  avatarUrl: null,
  avatarChosen: false,
  state: 'active',
  admin,
  createdAt: new Date(0),
  updatedAt: new Date(0),
})

export const signedIn = (roles: Partial<Viewer> = {}): Viewer => ({ ...anonymous(), user: account(), ...roles })
export const member = (name: RoleName) => signedIn({ projectRoles: new Map([[PROJECT, role[name]]]) })
export const heir = (name: RoleName) => signedIn({ groupRoles: new Map([[GROUP, role[name]]]) })

export const project = (changes: Partial<ProjectAccess> = {}): ProjectAccess => ({
  id: PROJECT,
  visibility: 'public',
  archived: false,
  ancestorIds: [1, GROUP],
  deletedAt: null,
  releasesLevel: 'enabled',
  repositoryLevel: 'enabled',
  issuesLevel: 'enabled',
  mergeRequestsLevel: 'enabled',
  ...changes,
})
