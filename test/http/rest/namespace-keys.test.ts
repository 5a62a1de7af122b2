import { mkdir, rename, rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { moveRef, writeCommit } from '../../../src/git/write-file.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

let world: World
let address: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private', topics: ['knots', 'rope'] } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  address = `${app.url}/${world.project.fullPath}`
  const dir = app.repositories.directory(world.project.id)
  const parent = (await runGit(dir, ['rev-parse', 'main'])).trim()
  const file = { path: 'Readme.md', content: Buffer.from('# About'), message: 'About' }
  const sha = await writeCommit(dir, parent, { ...file, author: { name: 'Ada', email: 'ada@example.com' } })
  await moveRef(dir, { ref: 'refs/heads/main', before: parent, after: sha ?? '' })
})

const get = async (viewer: ViewerName, path: string) =>
  (await rest(app, 'GET', path, { token: world.tokens[viewer] })).body

/** The keys of GitLab's simple project, in its order. */
const forCode = ['default_branch', 'readme_url', 'forks_count']
const simple = [
  ...[
    'id',
    'description',
    'name',
    'name_with_namespace',
    'path',
    'path_with_namespace',
    'created_at',
    'default_branch',
  ],
  ...[
    'tag_list',
    'topics',
    'ssh_url_to_repo',
    'http_url_to_repo',
    'web_url',
    'readme_url',
    'forks_count',
    'avatar_url',
  ],
  ...['star_count', 'last_activity_at', 'visibility', 'namespace'],
]

describe('a project', () => {
  test('has the keys of GitLab, and what Waybill has not is null or 0', async () => {
    const body = await get('reporter', `/projects/${world.project.id}`)
    expect(Object.keys(body)).toEqual(expect.arrayContaining(simple))
    expect(body).toMatchObject({
      ...{
        tag_list: ['knots', 'rope'],
        topics: ['knots', 'rope'],
        ssh_url_to_repo: null,
        star_count: 0,
        forks_count: 0,
      },
      readme_url: `${address}/-/blob/main/Readme.md`,
    })
    expect((await fetch(body.readme_url, { headers: { 'private-token': world.tokens.reporter ?? '' } })).status).toBe(
      200,
    )
  })

  test('has the keys of GitLab in lists, too, without the README, which git would have to look for', async () => {
    const listed = simple.filter((key) => key !== 'readme_url')
    for (const query of ['', '&simple=true']) {
      const [whole] = await get('reporter', `/projects?membership=true${query}`)
      expect(Object.keys(whole).filter((key) => simple.includes(key))).toEqual(listed)
    }
    const [below] = await get('owner', `/groups/${world.group.id}/projects`)
    expect(Object.keys(below).filter((key) => simple.includes(key))).toEqual(listed)
  })

  test('tells a viewer without code access neither the branch nor the README', async () => {
    const without = simple.filter((key) => !forCode.includes(key))
    const [listed] = await get('guest', '/projects?membership=true')
    for (const body of [listed, await get('guest', `/projects/${world.project.id}`)]) {
      expect(Object.keys(body).filter((key) => simple.includes(key))).toEqual(without)
      expect(JSON.stringify(body)).not.toContain('Readme')
    }
  })

  test('has its README without git looking again at a commit that it knows', async () => {
    const { readme_url } = await get('reporter', `/projects/${world.project.id}`)
    const dir = app.repositories.directory(world.project.id)
    const tree = (await runGit(dir, ['rev-parse', 'main^{tree}'])).trim()
    const [object, aside] = [`${dir}/objects/${tree.slice(0, 2)}/${tree.slice(2)}`, `${dir}/aside`]
    await rename(object, aside)
    expect((await get('reporter', `/projects/${world.project.id}`)).readme_url).toBe(readme_url)
    await rename(aside, object)
  })

  test('has no README without a file of that name, without a branch, without a repository and in a broken one', async () => {
    const [bare, none] = [await createWorld(app), await create.createProject({ visibility: 'public' })]
    const dir = app.repositories.directory(bare.project.id)
    expect((await get('anonymous', `/projects/${bare.project.id}`)).readme_url).toBeNull()
    await runGit(dir, ['symbolic-ref', 'HEAD', 'refs/heads/none'])
    expect((await get('anonymous', `/projects/${bare.project.id}`)).readme_url).toBeNull()
    expect((await get('anonymous', `/projects/${none.id}`)).readme_url).toBeNull()
    await runGit(dir, ['symbolic-ref', 'HEAD', 'refs/heads/main'])
    await rm(`${dir}/objects`, { recursive: true })
    await mkdir(`${dir}/objects`)
    expect(await get('anonymous', `/projects/${bare.project.id}`)).toMatchObject({
      id: bare.project.id,
      readme_url: null,
    })
  })
})

test('a group has the keys of GitLab, alone and in lists, with what is so in Waybill', async () => {
  await db.group.update({ where: { id: world.group.id }, data: { visibility: 'public' } })
  const [listed] = await get('owner', '/groups')
  const alone = await get('owner', `/groups/${world.group.id}?with_projects=false`)
  expect(listed).toEqual(alone)
  const { id, name, path, fullPath } = world.group
  const given = ['web_url', 'description', 'full_name', 'created_at']
  expect(Object.keys(alone).filter((key) => given.includes(key))).toEqual(given)
  for (const key of given) delete alone[key]
  expect(alone).toEqual({
    ...{ id, name, path, full_path: fullPath, visibility: 'public', parent_id: null, organization_id: null },
    ...{ share_with_group_lock: true, require_two_factor_authentication: false, two_factor_grace_period: 0 },
    ...{ project_creation_level: 'maintainer', subgroup_creation_level: 'maintainer', auto_devops_enabled: null },
    ...{ emails_disabled: false, emails_enabled: true, mentions_disabled: null, lfs_enabled: true, archived: false },
    ...{ default_branch: null, default_branch_protection: 0, avatar_url: null, request_access_enabled: false },
    default_branch_protection_defaults: {
      allowed_to_push: [{ access_level: 30 }],
      allow_force_push: true,
      allowed_to_merge: [{ access_level: 30 }],
    },
    ...{ shared_runners_setting: 'disabled_and_unoverridable', max_artifacts_size: null, marked_for_deletion_on: null },
  })
})
