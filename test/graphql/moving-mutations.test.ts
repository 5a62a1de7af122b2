// Projects get other paths and other places.
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'
import { type Answer, attempt, groupOf, pathOf, TAKEN } from './moving-world.ts'

const app = useApp()

describe('the path of a project', () => {
  test('projectUpdate changes the path and the name, and tells both in an audit event', async () => {
    const world = await createWorld(app)
    const { fullPath, id } = world.project
    const document = `mutation ($input: ProjectUpdateInput!) { projectUpdate(input: $input) {
      errors project { name path fullPath webUrl releases { nodes { links { selfUrl } assets { sources { nodes { url } } } } } } } }`
    const input = { projectPath: fullPath, path: 'New.Path', name: 'New' }
    const { data } = await query<Record<string, object>, object>(
      app,
      document,
      { input },
      { token: world.tokens.owner },
    )
    const now = `${world.group.fullPath}/New.Path`
    expect(data.projectUpdate).toMatchObject({
      errors: [],
      project: { name: 'New', path: 'New.Path', fullPath: now, webUrl: `${app.url}/${now}` },
    })
    expect(JSON.stringify(data)).not.toContain(fullPath)
    expect(JSON.stringify(data)).toContain(`/${now}/-/archive/v1.0.0/New.Path-v1.0.0.zip`)
    expect(await db.auditEvent.findFirstOrThrow({ where: { projectId: id }, orderBy: { id: 'desc' } })).toMatchObject({
      eventType: 'project_updated',
      targetDetails: fullPath,
      message: `Changed the project ${fullPath}: name: New, path: New.Path`,
    })
  })

  test('projectUpdate refuses a path that is taken or wrong, and changes nothing', async () => {
    const world = await createWorld(app)
    const other = await create.createProject({ groupId: world.group.id })
    const group = await create.createGroup({ parentId: world.group.id })
    const change = (path: string) =>
      mutate(app, world.tokens.owner, 'projectUpdate', { projectPath: world.project.fullPath, path, name: 'Not this' })
    for (const path of [other.path, other.path.toUpperCase(), group.path]) expect(await change(path)).toEqual(TAKEN)
    for (const path of ['', 'a/b', '.a', 'a.git', 'a b', 'x'.repeat(256)]) expect((await change(path)).length).toBe(1)
    expect(await db.project.findUniqueOrThrow({ where: { id: world.project.id } })).toMatchObject({
      name: world.project.name,
      fullPath: world.project.fullPath,
    })
  })

  test('a project gets another letter case in its path, and has no old path then', async () => {
    const world = await createWorld(app)
    const path = world.project.path.toUpperCase()
    const input = { projectPath: world.project.fullPath, path }
    expect(await mutate(app, world.tokens.owner, 'projectUpdate', input)).toEqual([])
    expect(await pathOf(world)).toBe(`${world.group.fullPath}/${path}`)
    expect(await db.oldPath.count({ where: { projectId: world.project.id } })).toBe(0)
  })

  test('the path of an archived project stays', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    const input = { projectPath: world.project.fullPath, path: 'other' }
    const refusal = ['The project is archived: set archived to false to change it']
    expect(await mutate(app, world.tokens.owner, 'projectUpdate', input)).toEqual(refusal)
    expect(
      await attempt(app, world.tokens.owner, 'projectTransfer', { ...input, groupPath: 'x', path: undefined }),
    ).toBeNull()
  })

  test.each(viewers)('the path changes by %s from the role Maintainer on', async (viewer) => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const input = { projectPath: world.project.fullPath, path: 'other' }
    const may: ViewerName[] = ['maintainer', 'owner']
    expect(await attempt(app, world.tokens[viewer], 'projectUpdate', input)).toEqual(may.includes(viewer) ? [] : null)
    expect(await db.oldPath.count({ where: { projectId: world.project.id } })).toBe(may.includes(viewer) ? 1 : 0)
  })
})

describe('the default branch', () => {
  const head = async ({ project }: World) =>
    (await runGit(app.repositories.directory(project.id), ['symbolic-ref', 'HEAD'])).trim()

  async function worldWithBranches(project: object = {}) {
    const world = await createWorld(app, { project })
    await runGit(app.repositories.directory(world.project.id), ['branch', 'release/1.x', 'main'])
    return world
  }

  test('projectUpdate makes an existing branch the default branch', async () => {
    const world = await worldWithBranches()
    const document = `mutation ($input: ProjectUpdateInput!) { projectUpdate(input: $input) {
      errors project { repository { rootRef } } } }`
    const input = { projectPath: world.project.fullPath, defaultBranch: 'release/1.x' }
    const { data } = await query<Answer, object>(app, document, { input }, { token: world.tokens.maintainer })
    expect(data.projectUpdate).toEqual({ errors: [], project: { repository: { rootRef: 'release/1.x' } } })
    expect(await head(world)).toBe('refs/heads/release/1.x')
    const event = await db.auditEvent.findFirstOrThrow({
      where: { projectId: world.project.id },
      orderBy: { id: 'desc' },
    })
    expect(event.message).toContain('defaultBranch: release/1.x')
  })

  test('projectUpdate refuses a default branch that does not exist or is no branch', async () => {
    const world = await worldWithBranches()
    for (const defaultBranch of ['none', 'v1.0.0', '', '-d', '../heads/main', 'HEAD', 'main\nx']) {
      const input = { projectPath: world.project.fullPath, defaultBranch }
      expect(await mutate(app, world.tokens.owner, 'projectUpdate', input)).toEqual([
        `The branch '${defaultBranch}' does not exist`,
      ])
    }
    expect(await head(world)).toBe('refs/heads/main')
  })

  test('the default branch cannot be asked about or changed without the code', async () => {
    const world = await worldWithBranches({ repositoryLevel: 'disabled' })
    for (const defaultBranch of ['release/1.x', 'none']) {
      const input = { projectPath: world.project.fullPath, defaultBranch }
      expect(await attempt(app, world.tokens.owner, 'projectUpdate', input)).toBeNull()
    }
    expect(await head(world)).toBe('refs/heads/main')
  })
})

describe('projectTransfer', () => {
  test('projectTransfer moves a project with its releases, counters and own members to another group', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const target = await groupOf(world, 'maintainer')
    const reader = await create.createUser()
    await create.addMember({ group: target }, reader, 'reporter')
    const former = await create.createUser()
    await create.addMember({ group: world.group }, former, 'owner')
    const input = { projectPath: world.project.fullPath, groupPath: target.fullPath }
    expect(await mutate(app, world.tokens.owner, 'projectTransfer', input)).toEqual([])
    expect(await pathOf(world)).toBe(`${target.fullPath}/${world.project.path}`)
    const sees = async (token: string) =>
      (await attempt(app, token, 'projectUpdate', { projectPath: input.projectPath })) !== null
    const document = `{ project(fullPath: "${input.projectPath}") { fullPath } }`
    const found = async (token: string) =>
      (await query<{ project: object | null }, object>(app, document, {}, { token })).data.project
    expect(await found(await create.tokenFor(reader))).toEqual({ fullPath: await pathOf(world) })
    expect(await found(await create.tokenFor(former))).toBeNull()
    expect(await sees(await create.tokenFor(former))).toBe(false)
    const [before, after] = await Promise.all(
      [world.group, target].map(({ id }) => db.group.findUniqueOrThrow({ where: { id } })),
    )
    expect([before?.projectsCount, before?.releasesCount, after?.projectsCount, after?.releasesCount]).toEqual([
      0, 0, 1, 1,
    ])
    const event = await db.auditEvent.findFirstOrThrow({
      where: { projectId: world.project.id },
      orderBy: { id: 'desc' },
    })
    expect(event.message).toBe(`Moved the project ${input.projectPath} to ${await pathOf(world)}`)
  })

  test('projectTransfer refuses its own group, and a path that is taken or too long there', async () => {
    const world = await createWorld(app)
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const target = await groupOf(world, 'maintainer')
    await create.createProject({ groupId: target.id, path: world.project.path.toUpperCase() })
    const to = (groupPath: string) =>
      mutate(app, world.tokens.owner, 'projectTransfer', { projectPath: world.project.fullPath, groupPath })
    expect(await to(world.group.fullPath)).toEqual(['The project is already in this group'])
    expect(await to(target.fullPath)).toEqual(TAKEN)
    let deep = target
    for (const path of ['a', 'b', 'c', 'd']) {
      deep = await create.createGroup({ parentId: deep.id, path: path.repeat(250) })
    }
    expect((await to(deep.fullPath))[0]).toContain('too long')
    expect(await pathOf(world)).toBe(world.project.fullPath)
  })

  test.each(viewers)('projectTransfer by %s needs the role Owner of the project', async (viewer) => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const target = await create.createGroup()
    for (const user of Object.values(world.users)) await create.addMember({ group: target }, user, 'owner')
    const input = { projectPath: world.project.fullPath, groupPath: target.fullPath }
    expect(await attempt(app, world.tokens[viewer], 'projectTransfer', input)).toEqual(viewer === 'owner' ? [] : null)
    expect(await db.oldPath.count({ where: { projectId: world.project.id } })).toBe(viewer === 'owner' ? 1 : 0)
  })

  test('projectTransfer needs the role Maintainer in the other group, and a hidden group answers as a missing one', async () => {
    const world = await createWorld(app)
    const hidden = await create.createGroup({ visibility: 'private' })
    const targets = [(await groupOf(world, 'developer')).fullPath, hidden.fullPath, 'missing']
    for (const groupPath of targets) {
      const input = { projectPath: world.project.fullPath, groupPath }
      expect(await attempt(app, world.tokens.owner, 'projectTransfer', input)).toBeNull()
    }
    expect(await pathOf(world)).toBe(world.project.fullPath)
  })

  test('a project keeps the milestones of its releases and issues as its own when it leaves their group', async () => {
    const world = await createWorld(app)
    const { project, release, group } = world
    const milestone = await create.createMilestone({ groupId: group.id }, { title: 'Of the group' })
    const same = await create.createMilestone({ groupId: group.id }, { title: 'Of both' })
    const own = await create.createMilestone({ projectId: project.id }, { title: 'Of both' })
    const unused = await create.createMilestone({ groupId: group.id }, { title: 'Unused' })
    for (const each of [milestone, same, own]) await create.attachMilestone(release, each)
    await create.createIssue(project, { milestoneId: milestone.id, state: 'closed' })
    const neighbour = await create.createRelease(await create.createProject({ groupId: group.id }))
    await create.attachMilestone(neighbour, milestone)
    const target = await groupOf(world, 'maintainer')
    const input = { projectPath: project.fullPath, groupPath: target.fullPath }
    expect(await mutate(app, world.tokens.owner, 'projectTransfer', input)).toEqual([])
    const of = (releaseId: number) =>
      db.milestone.findMany({ where: { releases: { some: { releaseId } } }, orderBy: { title: 'asc' } })
    const [, ofBoth, ofGroup] = await of(release.id)
    expect((await of(release.id)).map(({ projectId }) => projectId)).toEqual([project.id, project.id, project.id])
    expect([ofBoth?.id, ofGroup?.title, ofGroup?.issuesCount, ofGroup?.closedIssuesCount]).toEqual([
      own.id,
      'Of the group',
      1,
      1,
    ])
    expect((await of(neighbour.id)).map(({ id }) => id)).toEqual([milestone.id])
    expect(await db.milestone.findUniqueOrThrow({ where: { id: milestone.id } })).toMatchObject({ issuesCount: 0 })
    expect(await db.milestone.count({ where: { projectId: project.id, title: unused.title } })).toBe(0)
  })

  test('a draft keeps its milestones as those of its project, shows nothing of the group that was left, and is published', async () => {
    const world = await createWorld(app)
    const { project, group, tokens } = world
    await create.createMilestone({ groupId: group.id }, { title: 'Of the group' })
    await create.createMilestone({ groupId: group.id }, { title: 'Of both' })
    await create.createMilestone({ projectId: project.id }, { title: 'Of both' })
    const key = { tagName: 'v9.0.0', ref: 'main', draft: true, milestones: ['Of both', 'Of the group'] }
    expect(await mutate(app, tokens.owner, 'releaseCreate', { projectPath: project.fullPath, ...key })).toEqual([])
    const target = await groupOf(world, 'maintainer')
    const input = { projectPath: project.fullPath, groupPath: target.fullPath }
    expect(await mutate(app, tokens.owner, 'projectTransfer', input)).toEqual([])
    const projectPath = await pathOf(world)
    await db.milestone.updateMany({
      where: { groupId: group.id, title: 'Of the group' },
      data: { title: 'Renamed there' },
    })
    const text = `{ project(fullPath: "${projectPath}") { draftRelease(tagName: "v9.0.0") { milestones { title } } } }`
    const { data } = await query(app, text, {}, { token: tokens.developer })
    const milestones = [{ title: 'Of both' }, { title: 'Of the group' }]
    expect(data).toEqual({ project: { draftRelease: { milestones: expect.arrayContaining(milestones) } } })
    expect(JSON.stringify(data)).not.toContain('Renamed there')
    expect(await mutate(app, tokens.owner, 'releasePublish', { projectPath, tagName: 'v9.0.0' })).toEqual([])
    const release = await db.release.findFirstOrThrow({ where: { projectId: project.id, tag: 'v9.0.0' } })
    const where = { releases: { some: { releaseId: release.id } } }
    expect((await db.milestone.findMany({ where })).map(({ projectId }) => projectId)).toEqual([project.id, project.id])
  })

  test('a draft keeps the milestone of its group when its project moves to a group below, and is published with it', async () => {
    const world = await createWorld(app)
    const { project, group, tokens, users } = world
    await create.addMember({ group }, users.owner, 'owner')
    const milestone = await create.createMilestone({ groupId: group.id }, { title: 'Of the group' })
    const key = { tagName: 'v9.0.0', ref: 'main', draft: true, milestones: ['Of the group'] }
    expect(await mutate(app, tokens.owner, 'releaseCreate', { projectPath: project.fullPath, ...key })).toEqual([])
    const below = await create.createGroup({ parentId: group.id })
    const input = { projectPath: project.fullPath, groupPath: below.fullPath }
    expect(await mutate(app, tokens.owner, 'projectTransfer', input)).toEqual([])
    const projectPath = await pathOf(world)
    expect(await mutate(app, tokens.owner, 'releasePublish', { projectPath, tagName: 'v9.0.0' })).toEqual([])
    const release = await db.release.findFirstOrThrow({ where: { projectId: project.id, tag: 'v9.0.0' } })
    const made = await db.milestone.findMany({ where: { releases: { some: { releaseId: release.id } } } })
    expect(made.map(({ id }) => id)).toEqual([milestone.id])
  })

  test('a draft that an earlier version left with a milestone of another group does not show it, and is published', async () => {
    const world = await createWorld(app)
    const { project, tokens } = world
    const foreign = await create.createMilestone({ groupId: (await create.createGroup()).id }, { title: 'Foreign' })
    const data = { projectId: project.id, tag: 'v9.0.0', ref: 'main', milestoneIds: [foreign.id] }
    await db.releaseDraft.create({ data })
    const text = `{ project(fullPath: "${project.fullPath}") { draftRelease(tagName: "v9.0.0") { milestones { title } } } }`
    const answer = await query(app, text, {}, { token: tokens.developer })
    expect(answer.data).toEqual({ project: { draftRelease: { milestones: [] } } })
    const input = { projectPath: project.fullPath, tagName: 'v9.0.0' }
    expect(await mutate(app, tokens.owner, 'releasePublish', input)).toEqual([])
  })
})
