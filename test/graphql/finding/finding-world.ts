import { db } from '../../../src/database/db.ts'
import type { Group, Project, User } from '../../../src/generated/prisma/client.ts'
import type { Visibility } from '../../../src/generated/prisma/enums.ts'
import * as create from '../../support/factories.ts'

export const viewers = ['anonymous', 'stranger', 'guest', 'developer', 'owner', 'admin'] as const
export type ViewerName = (typeof viewers)[number]

const visibilities: readonly Visibility[] = ['public', 'internal', 'private']

export type FindingWorld = {
  groups: Group[]
  projects: Project[]
  tokens: Record<ViewerName, string | null>
  users: Record<Exclude<ViewerName, 'anonymous'>, User>
  readsProject: (viewer: ViewerName, project: Project) => boolean
  readsGroup: (viewer: ViewerName, group: Group) => boolean
  isMember: (viewer: ViewerName, project: Project) => boolean
}

/**
 * A group of each visibility with a project of each visibility, and the same once more below a private group. The guest is in the
 * first private group, the developer in one private project, the owner above the lower groups. Every name is its own canary.
 */
export async function createFindingWorld(): Promise<FindingWorld> {
  const top = await create.createGroup({ name: 'canary top', path: 'canary-top', visibility: 'private' })
  const groups = [top]
  const projects: Project[] = []
  for (const [at, parentId] of [null, top.id].entries()) {
    for (const visibility of visibilities) {
      const path = `canary-${at}-${visibility}`
      const group = await create.createGroup({ name: `Group ${path}`, path, visibility, parentId })
      groups.push(group)
      for (const own of visibilities) {
        const name = `beacon-${at}-${visibility}-${own}`
        projects.push(
          await create.createProject({
            ...{ name: `Project ${name}`, path: name, visibility: own, groupId: group.id, archived: at === 1 },
            description: `A lighthouse called ${name}`,
          }),
        )
      }
    }
  }
  const names = ['stranger', 'guest', 'developer', 'owner', 'admin'] as const
  const made = await create.createUsers(names.length)
  const users = Object.fromEntries(names.map((name, at) => [name, made[at]])) as FindingWorld['users']
  await db.user.update({ where: { id: users.admin.id }, data: { admin: true } })
  const closed = groups.find(({ path }) => path === 'canary-0-private') as Group
  const hidden = projects.find(({ path }) => path === 'beacon-1-private-private') as Project
  await create.addMember({ group: closed }, users.guest, 'guest')
  await create.addMember({ project: hidden }, users.developer, 'developer')
  await create.addMember({ group: top }, users.owner, 'owner')
  const tokens = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await create.tokenFor(users[name])])),
  ) as FindingWorld['tokens']
  const inGroup = (viewer: ViewerName, ids: readonly number[]) =>
    (viewer === 'guest' && ids.includes(closed.id)) || (viewer === 'owner' && ids.includes(top.id))
  const isMember = (viewer: ViewerName, project: Project) =>
    inGroup(viewer, project.ancestorIds) || (viewer === 'developer' && project.id === hidden.id)
  const isOpen = (viewer: ViewerName, visibility: Visibility) =>
    viewer === 'admin' || visibility === 'public' || (visibility === 'internal' && viewer !== 'anonymous')
  return {
    ...{ groups, projects, users, isMember, tokens: { ...tokens, anonymous: null } },
    readsProject: (viewer, project) => isOpen(viewer, project.visibility) || isMember(viewer, project),
    readsGroup: (viewer, group) => isOpen(viewer, group.visibility) || inGroup(viewer, group.ancestorIds),
  }
}
