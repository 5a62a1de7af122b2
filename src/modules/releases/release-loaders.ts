import { groupsWithReleases, readsGroupReleases, visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type AssetLink, type Group, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import type { PageOfChildren } from '../../rows/children.ts'
import { emptyPage } from '../../rows/page.ts'
import { type Child, idAlone, type Plan, wholeRow } from '../../rows/plan.ts'
import { table } from '../../rows/table.ts'
import { projectOfRelease, projects } from '../projects/project-loaders.ts'

/**
 * A release with its project, which decides what may be shown of the release. A release that was just created also has all its
 * links, the newest first.
 */
export type ReleaseNode = Release & { project: Project; links?: readonly AssetLink[] }

const row = {
  fields: Prisma.ReleaseScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true, releasedAt: true },
  // The tag is always read, because URLs of a release and of what belongs to it contain it.
  always: ['id', 'projectId', 'tag'],
  // Notes of ordinary length come with the row. Longer notes are read only when a query asks for them.
  long: { description: 10_000, descriptionHtml: 10_000 },
} as const

export const releases = table<Release>('releases', 'r', row)

/** For the releases of several projects: each release comes with its project, which is `p` in the statement. */
export const releasesWithProject = table<ReleaseNode>('releases', 'r', {
  ...row,
  from: Prisma.sql`releases r JOIN projects p ON p.id = r.project_id`,
  more: Prisma.sql`${projectOfRelease} AS project`,
  reviveMore: ({ project }) => projects.revive(project),
})

export const releasesOfProject = releases.childrenOf({ column: 'r.project_id', row: 'p.id' })

export const fromGroups = Prisma.sql`
  group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`

const ofGroup = releasesWithProject.childrenOf({ column: 'gr.group_id', row: 'g.id', from: fromGroups })

const visible = <Narrowed extends { where?: Prisma.Sql }>({ viewer }: Context, narrowed: Narrowed) => ({
  ...narrowed,
  where: Prisma.sql`${visibleReleases(viewer)} ${narrowed.where ?? Prisma.empty}`,
})

/** The releases of a group that the viewer may see. Nothing is read for a viewer who may not see the releases of the group. */
export const releasesOfGroup = {
  ...ofGroup,
  /** The condition depends on the same roles as `where`, and `where` is a part of the key. */
  child(page: PageOfChildren<ReleaseNode>, plan: Plan, context: Context): Child {
    const { sqlOf, ...child } = ofGroup.child(visible(context, page), plan)
    const mayRead = groupsWithReleases(context.viewer)
    return { ...child, sqlOf: (merged) => Prisma.sql`CASE WHEN ${mayRead} THEN ${sqlOf(merged)} END` }
  },
  page: (context: Context, group: Group, page: PageOfChildren<ReleaseNode>, plan?: () => Plan) =>
    readsGroupReleases(context.viewer, group)
      ? ofGroup.page(context, group, visible(context, page), plan)
      : emptyPage(),
  /** How many of the releases that the viewer may see are left by a filter. */
  count: (context: Context, groupId: number, filter: Parameters<typeof ofGroup.count>[2] = {}): Promise<number> =>
    ofGroup.count(context, groupId, visible(context, filter)),
}

export const releasesOfMilestone = releasesWithProject.childrenOf({
  column: 'mr.milestone_id',
  from: Prisma.sql`milestone_releases mr JOIN releases r ON r.id = mr.release_id JOIN projects p ON p.id = r.project_id`,
})

const releaseByTag = releases.by('projectId', 'tag')

const ofTag = (tag: string) => ({ where: Prisma.sql`AND r.tag = ${tag}` })

/** The release of a tag, read in the same statement as its project. */
export const releaseOfTagChild = (tag: string, plan: Plan): Child => releasesOfProject.child(ofTag(tag), plan)

export async function findReleaseByTag(
  context: Context,
  project: Project,
  tag: string,
  plan = () => wholeRow,
): Promise<ReleaseNode | null> {
  const read = releasesOfProject.along(project, ofTag(tag))
  const release = read ? read[0] : await releaseByTag(context).load({ projectId: project.id, tag }, plan())
  return release ? { ...release, project } : null
}

/** Asks the database each time, because the request itself may have created the release since it asked last. */
export const isReleased = async ({ id: projectId }: Project, tag: string): Promise<boolean> =>
  (await releaseByTag.anew({ projectId, tag }, idAlone)) !== null
