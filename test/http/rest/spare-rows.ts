// Rows that an endpoint may change or delete, one for each request, and the paths of the endpoints.
import { db } from '../../../src/database/db.ts'
import * as create from '../../support/factories.ts'
import type { World } from '../../support/world.ts'
import { encoded } from './client.ts'

let count = 0

export async function spareRelease({ project }: World): Promise<string> {
  return (await create.createRelease(project, { tag: `spare-${++count}` })).tag
}

export async function spareLink(world: World): Promise<string> {
  const spare = await create.createRelease(world.project, { tag: `spare-${++count}` })
  const link = await create.createLink(spare)
  return `${release(world, spare.tag)}/assets/links/${link.id}`
}

export async function sparePeriod(world: World): Promise<string> {
  const { id } = await db.freezePeriod.create({
    data: { projectId: world.project.id, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' },
  })
  return `${project(world)}/freeze_periods/${id}`
}

export async function spareProtectedTag(world: World): Promise<string> {
  const name = `never-${++count}-*`
  await db.protectedTag.create({
    data: { projectId: world.project.id, name, accessLevels: { create: { accessLevel: 40 } } },
  })
  return `${project(world)}/protected_tags/${encoded(name)}`
}

export async function spareIssue(world: World): Promise<string> {
  const iid = ++count * 100
  await create.createIssue(world.project, { iid, authorId: world.users.owner.id })
  return `${project(world)}/issues/${iid}`
}

export async function spareMilestone(world: World): Promise<string> {
  return `${project(world)}/milestones/${(await create.createMilestone({ projectId: world.project.id })).id}`
}

export const project = ({ project }: World) => `/projects/${encoded(project.fullPath)}`
export const release = (world: World, tag = world.release.tag) => `${project(world)}/releases/${tag}`
