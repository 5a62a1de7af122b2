import { describe, expect, test } from 'vitest'
import { abilitiesOf, type ProjectAccess } from '../../src/access/abilities.ts'
import { type RoleName, role } from '../../src/access/roles.ts'
import { anonymous, type Viewer } from '../../src/access/viewer.ts'
import { codeReader, codeReaderColumns, codeReaderIn } from '../../src/access/visibility.ts'
import { db } from '../../src/database/db.ts'
import { jsonParameter } from '../../src/database/json-parameter.ts'
import { Prisma } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'

useApp()

const PROJECT = 7
const GROUP = 3

const levels = ['disabled', 'private', 'enabled'] as const
const projects: ProjectAccess[] = (['private', 'internal', 'public'] as const).flatMap((visibility) =>
  levels.flatMap((releasesLevel) =>
    levels.flatMap((repositoryLevel) =>
      [null, new Date(0)].map((deletedAt) => ({
        ...{
          deletedAt,
          id: PROJECT,
          visibility,
          archived: false,
          ancestorIds: [1, GROUP],
          releasesLevel,
          repositoryLevel,
        },
        ...{ issuesLevel: 'enabled' as const, mergeRequestsLevel: 'enabled' as const },
      })),
    ),
  ),
)

async function readByStatement(viewer: Viewer): Promise<boolean[]> {
  const rows = projects.map((project, place) => ({
    ...{
      place,
      id: project.id,
      visibility: project.visibility,
      ancestor_ids: project.ancestorIds,
      deleted_at: project.deletedAt,
    },
    ...{ releases_level: project.releasesLevel, repository_level: project.repositoryLevel },
  }))
  const found = await db.$queryRaw<{ code: boolean }[]>(Prisma.sql`
    SELECT reads.code
    FROM json_to_recordset(${jsonParameter(rows)})
      AS p (place int, id int, deleted_at timestamptz, visibility text, ancestor_ids int[], releases_level text, repository_level text)
    CROSS JOIN json_to_recordset(${jsonParameter([codeReader(viewer)])}) AS reader (${codeReaderColumns})
    ${codeReaderIn} ORDER BY p.place`)
  return found.map(({ code }) => code)
}

function readByTable(viewer: Viewer): boolean[] {
  return projects.map((project) => {
    const held = abilitiesOf(viewer, project)
    return held.has('release:read') && held.has('code:read')
  })
}

describe('a statement reads releases along for exactly those who have the abilities release:read and code:read', () => {
  const names = Object.keys(role).filter((name) => name !== 'none') as RoleName[]

  test('whatever the project is and whoever asks', async () => {
    const signedIn: Viewer = { ...anonymous(), user: await create.createUser() }
    const viewers: [string, Viewer][] = [
      ['nobody', anonymous()],
      ['a stranger', signedIn],
      ['an administrator', { ...anonymous(), user: await create.createUser({ admin: true }) }],
      ['the operator', { ...anonymous(), credential: 'command_line' }],
      ['an owner elsewhere', { ...signedIn, projectRoles: new Map([[GROUP, role.owner]]) }],
      ...names.flatMap((name): [string, Viewer][] => [
        [`a ${name}`, { ...signedIn, projectRoles: new Map([[PROJECT, role[name]]]) }],
        [`a ${name} of a group above`, { ...signedIn, groupRoles: new Map([[GROUP, role[name]]]) }],
        [
          `a pipeline with the role ${name}`,
          { ...anonymous(), credential: 'pipeline_jwt', projectRoles: new Map([[PROJECT, role[name]]]) },
        ],
      ]),
    ]
    for (const [name, viewer] of viewers) {
      expect({ [name]: await readByStatement(viewer) }).toEqual({ [name]: readByTable(viewer) })
    }
  })
})
