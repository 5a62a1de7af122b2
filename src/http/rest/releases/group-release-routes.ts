import { z } from 'zod'
import { readsGroupReleases, visibleReleases } from '../../../access/visibility.ts'
import type { Context } from '../../../context/context.ts'
import { Prisma, type Project, type Release } from '../../../generated/prisma/client.ts'
import { projectById } from '../../../modules/projects/project-loaders.ts'
import type { ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { releaseColumns } from '../../../modules/releases/release-loaders.ts'
import { groupOrders } from '../../../modules/releases/release-orders.ts'
import { readPage, sortedBy } from '../../../rows/numbered-page.ts'
import { endpoint } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { forbidden } from '../kit/rest-errors.ts'
import { getGroup } from '../kit/subjects.ts'
import { presentRelease, presentSimpleRelease } from './present-release.ts'
import { ReleaseBody, SimpleReleaseBody } from './release-bodies.ts'

const orders = { desc: groupOrders.RELEASED_AT_DESC, asc: groupOrders.RELEASED_AT_ASC }

async function withProject(context: Context, release: Release): Promise<ReleaseNode> {
  // It is there: a foreign key holds it.
  return { ...release, project: (await projectById(context).load(release.projectId)) as Project }
}

const list = endpoint({
  method: 'get',
  path: '/groups/:id/releases',
  tag: 'Releases',
  summary: 'The releases of all projects of a group and of the groups below it',
  input: z.object({
    id: text('fullPath').describe('Number of the group, or its full path, encoded.'),
    sort: optional(z.enum(['desc', 'asc'])).describe('By `released_at`; `desc` without it.'),
    simple: optional(flag).describe('Whether to leave out all but the first keys.'),
    ...pageFields,
  }),
  ability: 'group/release:read',
  answers: { 200: z.array(z.union([ReleaseBody, SimpleReleaseBody])) },
  find: getGroup,
  handle: async (call) => {
    const { context, input, found: group } = call
    if (!readsGroupReleases(context.viewer, group)) throw forbidden()
    const page = await readPage<Release>(
      {
        statement: 'rest.groupReleases',
        columns: releaseColumns,
        from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
        where: Prisma.sql`gr.group_id = ${group.id} ${visibleReleases(context.viewer)}`,
        orderBy: sortedBy(orders[input.sort ?? 'desc']),
      },
      input,
    )
    const present = input.simple ? presentSimpleRelease : presentRelease
    return answerPage(call, page, async (release, ofRow) => present(ofRow, await withProject(ofRow, release)))
  },
})

export const groupReleaseEndpoints = [list]
