// Groups get other paths and other places.
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers } from '../support/world.ts'
import { attempt, groupOf, TAKEN } from './moving-world.ts'

const app = useApp()

describe('the path of a group', () => {
  async function tree() {
    const world = await createWorld(app)
    const top = await groupOf(world, 'owner')
    const middle = await create.createGroup({ parentId: top.id })
    const project = await create.createProject({ groupId: middle.id })
    return { world, top, middle, project, token: world.tokens.owner }
  }

  const fullPathOf = async ({ id }: { id: number }) => (await db.project.findUniqueOrThrow({ where: { id } })).fullPath

  test('groupUpdate changes the path of a group and of everything below it', async () => {
    const { top, middle, project, token } = await tree()
    expect(await mutate(app, token, 'groupUpdate', { groupPath: top.fullPath, path: `New-${top.id}` })).toEqual([])
    expect(await fullPathOf(project)).toBe(`New-${top.id}/${middle.path}/${project.path}`)
    const old = await db.oldPath.findMany({ where: { projectId: project.id } })
    expect(old.map(({ fullPath }) => fullPath)).toEqual([project.fullPath])
    const event = await db.auditEvent.findFirstOrThrow({ where: { groupId: top.id }, orderBy: { id: 'desc' } })
    expect(event).toMatchObject({
      eventType: 'group_updated',
      message: `Changed the group ${top.fullPath}: path: New-${top.id}`,
    })
  })

  test('the old paths of projects outlive a group that comes back to its path, and end when another group takes it', async () => {
    const { top, middle, project, token } = await tree()
    const renamed = { projectPath: project.fullPath, path: 'new' }
    expect(await mutate(app, token, 'projectUpdate', renamed)).toEqual([])
    const leadsTo = async () => (await db.oldPath.findUnique({ where: { fullPath: project.fullPath } }))?.projectId
    const rename = (groupPath: string, path: string) => mutate(app, token, 'groupUpdate', { groupPath, path })
    expect(await rename(top.fullPath, `away-${top.id}`)).toEqual([])
    expect(await rename(`away-${top.id}`, top.path)).toEqual([])
    expect([await leadsTo(), await fullPathOf(project)]).toEqual([project.id, `${middle.fullPath}/new`])
    expect(await mutate(app, token, 'groupDelete', { groupPath: top.fullPath })).toEqual([])
    const { fullPath: aside } = await db.group.findUniqueOrThrow({ where: { id: top.id } })
    expect(await mutate(app, token, 'groupRestore', { groupPath: aside })).toEqual([])
    expect([await leadsTo(), await fullPathOf(project)]).toEqual([project.id, `${middle.fullPath}/new`])
    expect(await rename(top.fullPath, `away-${top.id}`)).toEqual([])
    await create.createGroup({ path: top.path })
    expect(await leadsTo()).toBeUndefined()
  })

  test('a path of a group that is taken, wrong, or too long for what is below is refused', async () => {
    const { top, middle, project, token } = await tree()
    const other = await create.createGroup()
    const change = (groupPath: string, path: string) => mutate(app, token, 'groupUpdate', { groupPath, path })
    expect(await change(top.fullPath, other.path.toUpperCase())).toEqual(TAKEN)
    const beside = await create.createProject({ groupId: top.id })
    expect(await change(middle.fullPath, beside.path)).toEqual(TAKEN)
    for (const path of ['API', 'a/b', 'a.atom']) expect((await change(top.fullPath, path)).length).toBe(1)
    let deep = middle
    for (const path of ['a', 'b', 'c']) deep = await create.createGroup({ parentId: deep.id, path: path.repeat(255) })
    expect(await change(top.fullPath, 'd'.repeat(255))).toEqual([
      'A path below the group would be too long (maximum is 1024 characters)',
    ])
    expect(await fullPathOf(project)).toBe(project.fullPath)
  })

  test.each(viewers)('groupUpdate of the path and groupTransfer by %s need the role Owner', async (viewer) => {
    const world = await createWorld(app)
    const group = await create.createGroup()
    const target = await create.createGroup()
    for (const name of viewers.slice(2) as Exclude<ViewerName, 'anonymous' | 'stranger'>[]) {
      await create.addMember({ group }, world.users[name], name)
      await create.addMember({ group: target }, world.users[name], 'owner')
    }
    const token = world.tokens[viewer]
    const path = `other-${group.id}`
    const may = viewer === 'owner' ? [] : null
    expect(await attempt(app, token, 'groupUpdate', { groupPath: group.fullPath, path, name: 'Both or none' })).toEqual(
      may,
    )
    expect(await db.group.count({ where: { id: group.id, name: 'Both or none' } })).toBe(viewer === 'owner' ? 1 : 0)
    const groupPath = viewer === 'owner' ? path : group.fullPath
    expect(await attempt(app, token, 'groupTransfer', { groupPath, parentPath: target.fullPath })).toEqual(may)
  })

  test('groupTransfer moves a group with everything below it into a group and to the top', async () => {
    const { world, top, middle, project, token } = await tree()
    const target = await groupOf(world, 'maintainer')
    const input = { groupPath: middle.fullPath, parentPath: target.fullPath }
    expect(await mutate(app, token, 'groupTransfer', input)).toEqual([])
    expect(await fullPathOf(project)).toBe(`${target.fullPath}/${middle.path}/${project.path}`)
    const counts = await Promise.all([top, target].map(({ id }) => db.group.findUniqueOrThrow({ where: { id } })))
    expect(counts.map(({ projectsCount }) => projectsCount)).toEqual([0, 1])
    const owner = await create.createUser()
    await create.addMember({ group: target }, owner, 'owner')
    await create.addMember({ group: middle }, owner, 'guest')
    const move = { groupPath: `${target.fullPath}/${middle.path}` }
    expect(await mutate(app, await create.tokenFor(owner), 'groupTransfer', move)).toEqual([])
    expect(await fullPathOf(project)).toBe(`${middle.path}/${project.path}`)
    const members = await db.groupMember.findMany({ where: { groupId: middle.id } })
    expect(members).toMatchObject([{ userId: owner.id, role: 50 }])
    const old = await db.oldPath.findMany({ where: { projectId: project.id }, orderBy: { fullPath: 'asc' } })
    expect(old.map(({ fullPath }) => fullPath).sort()).toEqual(
      [project.fullPath, `${target.fullPath}/${middle.path}/${project.path}`].sort(),
    )
  })

  test('groupTransfer refuses the place where the group is, itself, and what is below it', async () => {
    const { top, middle, token } = await tree()
    const move = (groupPath: string, parentPath?: string) =>
      mutate(app, token, 'groupTransfer', { groupPath, parentPath })
    expect(await move(top.fullPath)).toEqual(['The group is already there'])
    expect(await move(middle.fullPath, top.fullPath)).toEqual(['The group is already there'])
    for (const below of [top, middle]) {
      expect(await move(top.fullPath, below.fullPath)).toEqual(['A group cannot move into itself or a group below it'])
    }
    await create.createGroup({ path: middle.path.toUpperCase() })
    expect(await move(middle.fullPath)).toEqual(TAKEN)
  })

  test('groupTransfer needs the role Maintainer in the other group, and a hidden group answers as a missing one', async () => {
    const { world, middle, token } = await tree()
    const hidden = await create.createGroup({ visibility: 'private' })
    for (const parentPath of [(await groupOf(world, 'developer')).fullPath, hidden.fullPath, 'missing']) {
      expect(await attempt(app, token, 'groupTransfer', { groupPath: middle.fullPath, parentPath })).toBeNull()
    }
  })
})
