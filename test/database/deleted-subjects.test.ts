import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

test.each(['user', 'group'] as const)(
  'a tag that only one %s might create cannot be created by anybody when that subject is deleted',
  async (of) => {
    const world = await createWorld(app)
    const [user, group] = [await create.createUser(), await create.createGroup()]
    const level = of === 'user' ? { userId: user.id } : { groupId: group.id }
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'v*', accessLevels: { create: level } },
    })
    if (of === 'user') await db.user.delete({ where: { id: user.id } })
    else await db.group.delete({ where: { id: group.id } })
    const where = { protectedTag: { projectId: world.project.id } }
    expect(await db.protectedTagAccessLevel.findMany({ where })).toMatchObject([
      { accessLevel: 0, userId: null, groupId: null },
    ])
    const input = { projectPath: world.project.fullPath, tagName: 'v2.0.0', ref: 'main' }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([
      'You are not allowed to create this tag as it is protected.',
    ])
  },
)
