import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { graphql } from '../generated/gql.ts'
import type { ProjectCreateInput, ProjectUpdateInput } from '../generated/graphql.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createProject($input: ProjectCreateInput!) {
    projectCreate(input: $input) {
      errors
      project { name fullPath description visibility archived releasesLevel releases { count } group { fullPath } }
    }
  }
`)

const Update = graphql(`
  mutation updateProject($input: ProjectUpdateInput!) {
    projectUpdate(input: $input) {
      errors
      project {
        name description visibility archived releasesLevel repositoryLevel issuesLevel mergeRequestsLevel
        freezeRefusesReleases
      }
    }
  }
`)

async function groupWith(role: 'developer' | 'maintainer' | 'owner' = 'maintainer') {
  const group = await create.createGroup()
  const user = await create.createUser()
  await create.addMember({ group }, user, role)
  return { group, token: await create.tokenFor(user) }
}

const make = (input: ProjectCreateInput, token: string | null) => query(app, Create, { input }, { token })

const change = (world: World, input: Omit<ProjectUpdateInput, 'projectPath'>, viewer: ViewerName = 'maintainer') =>
  query(app, Update, { input: { projectPath: world.project.fullPath, ...input } }, { token: world.tokens[viewer] })

const nextId = async () => {
  const [row] = await db.$queryRaw<[{ id: number }]>`SELECT last_value::int + 1 AS id FROM projects_id_seq`
  return row.id
}

describe('projectCreate', () => {
  test('projectCreate makes a private project with an empty repository, which can have a release once there is a commit', async () => {
    const { group, token } = await groupWith()
    const { data } = await make({ groupPath: group.fullPath, path: 'app', description: 'An app' }, token)
    expect(data.projectCreate).toEqual({
      errors: [],
      project: {
        name: 'app',
        fullPath: `${group.fullPath}/app`,
        description: 'An app',
        visibility: 'private',
        archived: false,
        releasesLevel: 'ENABLED',
        releases: { count: 0 },
        group: { fullPath: group.fullPath },
      },
    })
    const projectPath = `${group.fullPath}/app`
    const { id } = await db.project.findUniqueOrThrow({ where: { fullPath: projectPath } })
    const repository = app.repositories.directory(id)
    expect(await runGit(repository, ['for-each-ref'])).toBe('')
    const release = { projectPath, tagName: 'v1', ref: 'main' }
    expect(await mutate(app, token, 'releaseCreate', release)).toEqual(['Target main is invalid'])
    const commit =
      'commit refs/heads/main\ncommitter A <a@example.com> 0 +0000\ndata 1\nxM 100644 inline f\ndata 0\n\ndone\n'
    await runGit(repository, ['fast-import', '--quiet', '--done'], { input: commit })
    expect(await mutate(app, token, 'releaseCreate', release)).toEqual([])
  })

  test('projectCreate refuses a path that is taken, whatever its letter case, and leaves no repository behind', async () => {
    const { group, token } = await groupWith()
    const input = { groupPath: group.fullPath, path: 'app' }
    await make(input, token)
    await create.createGroup({ parentId: group.id, path: 'lib' })
    for (const path of ['app', 'APP', 'lib', 'Lib']) {
      const id = await nextId()
      const { data } = await make({ ...input, path }, token)
      expect(data.projectCreate).toEqual({ errors: ['Path has already been taken'], project: null })
      expect(existsSync(app.repositories.directory(id))).toBe(false)
    }
  })

  test('projectCreate makes one project when it is sent several times at once with the same path', async () => {
    const { group, token } = await groupWith()
    const attempts = Array.from({ length: 5 }, () => make({ groupPath: group.fullPath, path: 'app' }, token))
    const errors = (await Promise.all(attempts)).map(({ data }) => data.projectCreate?.errors.join())
    expect(errors.sort()).toEqual(['', ...Array(4).fill('Path has already been taken')])
  })

  test('projectCreate never adopts a repository that is there already', async () => {
    const { group, token } = await groupWith()
    const directory = app.repositories.directory(await nextId())
    await mkdir(directory, { recursive: true })
    const { errors } = await make({ groupPath: group.fullPath, path: 'app' }, token)
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT' } })
    expect(errors?.[0]?.message).not.toContain(app.repositoriesDir)
    expect(existsSync(directory)).toBe(true)
    await rm(directory, { recursive: true })
  })

  test('projectCreate needs the role Maintainer in the group', async () => {
    const { group, token } = await groupWith('developer')
    for (const each of [token, null]) {
      const { errors } = await make({ groupPath: group.fullPath, path: 'app' }, each)
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    }
  })
})

describe('projectUpdate', () => {
  test('projectUpdate changes what is given, and only that', async () => {
    const world = await createWorld(app)
    const { data } = await change(
      world,
      {
        name: 'New',
        description: 'Changed',
        visibility: 'internal',
        releasesLevel: 'PRIVATE',
        repositoryLevel: 'DISABLED',
        freezeRefusesReleases: true,
      },
      'owner',
    )
    expect(data.projectUpdate).toEqual({
      errors: [],
      project: {
        name: 'New',
        description: 'Changed',
        visibility: 'internal',
        archived: false,
        releasesLevel: 'PRIVATE',
        repositoryLevel: 'DISABLED',
        issuesLevel: 'ENABLED',
        mergeRequestsLevel: 'ENABLED',
        freezeRefusesReleases: true,
      },
    })
    const event = await db.auditEvent.findFirstOrThrow({
      where: { projectId: world.project.id },
      orderBy: { id: 'desc' },
    })
    expect(event).toMatchObject({
      eventType: 'project_updated',
      message: expect.stringContaining('releasesLevel: private, repositoryLevel: disabled, visibility: internal'),
    })
  })

  test('a change of a project counts for the next mutation of the same request', async () => {
    const world = await createWorld(app)
    const path = JSON.stringify(world.project.fullPath)
    const document = `mutation {
      projectUpdate(input: { projectPath: ${path}, archived: true }) { errors }
      issueCreate(input: { projectPath: ${path}, title: "Late" }) { errors }
    }`
    const { data, errors } = await query(app, document, {}, { token: world.tokens.owner })
    expect(data).toEqual({ projectUpdate: { errors: [] }, issueCreate: null })
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('projectUpdate unarchives an archived project, which takes no other change', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    expect((await change(world, { name: 'x' })).data.projectUpdate).toEqual({
      errors: ['The project is archived: set archived to false to change it'],
      project: null,
    })
    expect((await change(world, { archived: false, name: 'x' })).data.projectUpdate).toMatchObject({
      errors: [],
      project: { archived: false, name: 'x' },
    })
  })

  test.each(viewers)('projectUpdate by %s succeeds from the role Maintainer on', async (viewer) => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const answer = await change(world, { description: 'Another' }, viewer)
    if (viewer === 'maintainer' || viewer === 'owner') expect(answer.data.projectUpdate?.errors).toEqual([])
    else expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('only an Owner changes the visibility of a project, in both doors, and a Maintainer may name the present one', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const put = async (viewer: ViewerName, visibility: string) => {
      const sent = { token: world.tokens[viewer], json: { visibility } }
      return (await rest(app, 'PUT', `/projects/${world.project.id}`, sent)).status
    }
    expect([await put('maintainer', 'public'), await put('maintainer', 'private')]).toEqual([403, 200])
    const refused = await change(world, { visibility: 'public' }, 'maintainer')
    expect(refused.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    const same = await change(world, { visibility: 'private', name: 'Same' }, 'maintainer')
    expect(same.data.projectUpdate?.errors).toEqual([])
    expect((await change(world, { visibility: 'internal' }, 'owner')).data.projectUpdate?.errors).toEqual([])
    expect(await put('owner', 'public')).toBe(200)
  })
})
