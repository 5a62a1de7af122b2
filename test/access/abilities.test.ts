import { describe, expect, test } from 'vitest'
import { type Ability, abilitiesOf, can, type ProjectAccess } from '../../src/access/abilities.ts'
import { canInGroup } from '../../src/access/group-abilities.ts'
import { role } from '../../src/access/roles.ts'
import { anonymous, isAccount, isAdministrator, type Viewer } from '../../src/access/viewer.ts'
import { account, GROUP, member, PROJECT, project, signedIn } from './viewers.ts'

/** From low to high: each rung holds everything that the rungs above it in this list hold. */
const ladder = {
  anonymous: () => anonymous(),
  'signed in': () => signedIn(),
  guest: () => member('guest'),
  planner: () => member('planner'),
  reporter: () => member('reporter'),
  developer: () => member('developer'),
  maintainer: () => member('maintainer'),
  owner: () => member('owner'),
  administrator: (): Viewer => ({ ...anonymous(), user: account(true) }),
}

type Rung = keyof typeof ladder
type Cell = Rung | 'nobody'
/** The lowest rung that holds the ability in a public, an internal and a private project. */
type Row = [inPublic: Cell, inInternal: Cell, inPrivate: Cell]

const visibilities = ['public', 'internal', 'private'] as const
const rungs = Object.keys(ladder) as Rung[]

const everywhere = (cell: Cell): Row => [cell, cell, cell]

const everythingEnabled: Record<Ability, Row> = {
  //                     public        internal      private
  'project:read': /*  */ ['anonymous', 'signed in', 'guest'],
  'release:read': /*  */ ['anonymous', 'signed in', 'guest'],
  'code:read': /*     */ ['anonymous', 'signed in', 'reporter'],
  'project:update': everywhere('maintainer'),
  'project:visibility': everywhere('owner'),
  'project:transfer': everywhere('owner'),
  'project:import': everywhere('maintainer'),
  'project:delete': everywhere('owner'),
  'member:read': everywhere('guest'),
  'member:write': everywhere('maintainer'),
  'member:leave': everywhere('guest'),
  'issue:read': /*    */ ['anonymous', 'signed in', 'guest'],
  'issue:create': everywhere('guest'),
  'issue:update': everywhere('planner'),
  'issue:delete': everywhere('owner'),
  'confidential-issue:read': everywhere('planner'),
  'milestone:read': /**/ ['anonymous', 'signed in', 'guest'],
  'milestone:write': everywhere('planner'),
  'evidence:read': /* */ ['anonymous', 'signed in', 'reporter'],
  'release:create': everywhere('developer'),
  'release:update': everywhere('developer'),
  'release:delete': everywhere('maintainer'),
  'code:write': everywhere('developer'),
  'report-artifact:write': everywhere('developer'),
  'job-token:create': everywhere('developer'),
  'package:write': everywhere('developer'),
  'package:delete': everywhere('maintainer'),
  'upload:create': everywhere('guest'),
  'upload:list': everywhere('maintainer'),
  'upload:delete': everywhere('maintainer'),
  'freeze-period:read': everywhere('reporter'),
  'freeze-period:write': everywhere('maintainer'),
  'environment:read': everywhere('reporter'),
  'protected-tag:read': everywhere('maintainer'),
  'audit-event:read': everywhere('maintainer'),
  'protected-tag:write': everywhere('maintainer'),
  'webhook:read': everywhere('maintainer'),
  'webhook:write': everywhere('maintainer'),
}

const nobodyWrites = {
  'project:import': everywhere('nobody'),
  'release:create': everywhere('nobody'),
  'release:update': everywhere('nobody'),
  'release:delete': everywhere('nobody'),
}

const nobodyPlansIssues = {
  'issue:create': everywhere('nobody'),
  'issue:update': everywhere('nobody'),
  'issue:delete': everywhere('nobody'),
  'confidential-issue:read': everywhere('nobody'),
}

type Case = { title: string; changes: Partial<ProjectAccess>; differs: Partial<Record<Ability, Row>> }

const cases: Case[] = [
  { title: 'with every feature enabled', changes: {}, differs: {} },
  {
    title: 'that is deleted',
    changes: { deletedAt: new Date(0) },
    differs: Object.fromEntries(Object.keys(everythingEnabled).map((ability) => [ability, everywhere('nobody')])),
  },
  {
    title: 'that is archived',
    changes: { archived: true },
    differs: {
      ...nobodyWrites,
      'project:transfer': everywhere('nobody'),
      'member:write': everywhere('nobody'),
      'upload:create': everywhere('nobody'),
      'upload:delete': everywhere('nobody'),
      'issue:create': everywhere('nobody'),
      'issue:update': everywhere('nobody'),
      'issue:delete': everywhere('nobody'),
      'milestone:write': everywhere('nobody'),
      'code:write': everywhere('nobody'),
      'report-artifact:write': everywhere('nobody'),
      'job-token:create': everywhere('nobody'),
      'package:write': everywhere('nobody'),
      'package:delete': everywhere('nobody'),
      'freeze-period:write': everywhere('nobody'),
      'protected-tag:write': everywhere('nobody'),
    },
  },
  {
    title: 'with releases disabled',
    changes: { releasesLevel: 'disabled' },
    differs: { 'release:read': everywhere('nobody'), 'evidence:read': everywhere('nobody'), ...nobodyWrites },
  },
  {
    title: 'with releases for members',
    changes: { releasesLevel: 'private' },
    differs: { 'release:read': everywhere('guest'), 'evidence:read': ['guest', 'guest', 'reporter'] },
  },
  {
    title: 'with the repository disabled',
    changes: { repositoryLevel: 'disabled' },
    differs: {
      'code:read': everywhere('nobody'),
      'evidence:read': everywhere('nobody'),
      'protected-tag:read': everywhere('nobody'),
      'audit-event:read': everywhere('nobody'),
      'webhook:read': everywhere('nobody'),
      'webhook:write': everywhere('nobody'),
      'protected-tag:write': everywhere('nobody'),
      'code:write': everywhere('nobody'),
      'report-artifact:write': everywhere('nobody'),
      'job-token:create': everywhere('nobody'),
      'package:write': everywhere('nobody'),
      'package:delete': everywhere('nobody'),
      ...nobodyWrites,
    },
  },
  {
    title: 'with the repository for members',
    changes: { repositoryLevel: 'private' },
    differs: { 'code:read': ['guest', 'guest', 'reporter'], 'evidence:read': ['guest', 'guest', 'reporter'] },
  },
  {
    title: 'with issues disabled',
    changes: { issuesLevel: 'disabled' },
    differs: { 'issue:read': everywhere('nobody'), 'evidence:read': everywhere('nobody'), ...nobodyPlansIssues },
  },
  {
    title: 'with issues for members',
    changes: { issuesLevel: 'private' },
    differs: { 'issue:read': everywhere('guest'), 'evidence:read': ['guest', 'guest', 'reporter'] },
  },
  { title: 'with merge requests disabled', changes: { mergeRequestsLevel: 'disabled' }, differs: {} },
  { title: 'with merge requests for members', changes: { mergeRequestsLevel: 'private' }, differs: {} },
  {
    title: 'with issues and merge requests disabled',
    changes: { issuesLevel: 'disabled', mergeRequestsLevel: 'disabled' },
    differs: {
      'issue:read': everywhere('nobody'),
      'milestone:read': everywhere('nobody'),
      'milestone:write': everywhere('nobody'),
      ...nobodyPlansIssues,
      'evidence:read': everywhere('nobody'),
    },
  },
  {
    title: 'with issues and merge requests for members',
    changes: { issuesLevel: 'private', mergeRequestsLevel: 'private' },
    differs: {
      'issue:read': everywhere('guest'),
      'milestone:read': everywhere('guest'),
      'evidence:read': ['guest', 'guest', 'reporter'],
    },
  },
  {
    title: 'with everything disabled',
    changes: {
      releasesLevel: 'disabled',
      repositoryLevel: 'disabled',
      issuesLevel: 'disabled',
      mergeRequestsLevel: 'disabled',
    },
    differs: {
      'release:read': everywhere('nobody'),
      'code:read': everywhere('nobody'),
      'issue:read': everywhere('nobody'),
      'milestone:read': everywhere('nobody'),
      'milestone:write': everywhere('nobody'),
      ...nobodyPlansIssues,
      'evidence:read': everywhere('nobody'),
      'protected-tag:read': everywhere('nobody'),
      'audit-event:read': everywhere('nobody'),
      'webhook:read': everywhere('nobody'),
      'webhook:write': everywhere('nobody'),
      'protected-tag:write': everywhere('nobody'),
      'code:write': everywhere('nobody'),
      'report-artifact:write': everywhere('nobody'),
      'job-token:create': everywhere('nobody'),
      'package:write': everywhere('nobody'),
      'package:delete': everywhere('nobody'),
      ...nobodyWrites,
    },
  },
]

const holders = (ability: Ability, subject: ProjectAccess) =>
  rungs.filter((rung) => can(ladder[rung](), ability, subject))

const fromOn = (cell: Cell) => (cell === 'nobody' ? [] : rungs.slice(rungs.indexOf(cell)))

describe.each(cases)('in a project $title', ({ changes, differs }) => {
  const table = Object.entries({ ...everythingEnabled, ...differs }) as [Ability, Row][]
  test.each(table)('%s is held by those from %s (public), %s (internal), %s (private) on', (ability, row) => {
    const held = visibilities.map((visibility) => holders(ability, project({ ...changes, visibility })))
    expect(held).toEqual(row.map(fromOn))
  })
})

describe('a pipeline', () => {
  const roles = { projectRoles: new Map([[PROJECT, role.owner]]) }

  test.each(['job_token', 'pipeline_jwt'] as const)(
    'a pipeline with a %s has of an Owner only the listed abilities',
    (credential) => {
      const [owner, pipeline] = [signedIn(roles), signedIn({ ...roles, credential })]
      const of = (viewer: Viewer) => [...abilitiesOf(viewer, project({ visibility: 'private' }))]
      const missing = of(owner).filter((ability) => !of(pipeline).includes(ability))
      expect(missing).toEqual([
        'project:update',
        'project:visibility',
        'project:transfer',
        'project:import',
        'project:delete',
        'member:write',
        'member:leave',
        'issue:delete',
        'job-token:create',
        'upload:create',
        'upload:list',
        'upload:delete',
        'freeze-period:read',
        'freeze-period:write',
        'protected-tag:write',
        'webhook:read',
        'webhook:write',
      ])
      expect(of(pipeline).filter((ability) => !of(owner).includes(ability))).toEqual([])
    },
  )

  test('an administrator has no ability in a deleted group', () => {
    const group = { ancestorIds: [1, GROUP], deletedAt: null }
    expect(canInGroup(ladder.administrator(), 'member:read', group)).toBe(true)
    expect(canInGroup(ladder.administrator(), 'member:read', { ...group, deletedAt: new Date(0) })).toBe(false)
  })

  test('a pipeline has no role in a group, and is no administrator', () => {
    const groupRoles = new Map([[GROUP, role.owner]])
    const viewer: Viewer = { ...anonymous(), user: account(true), credential: 'job_token', groupRoles }
    for (const ability of ['member:read', 'project:create', 'group:update', 'milestone:write'] as const) {
      expect(canInGroup(viewer, ability, { ancestorIds: [1, GROUP], deletedAt: null })).toBe(false)
    }
    expect([isAdministrator(viewer), isAccount(viewer)]).toEqual([false, false])
  })
})
