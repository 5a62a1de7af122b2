import { groupsWithReleases, visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type AssetLink, type Group, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import type { PageOfChildren } from '../../rows/children.ts'
import { extendRows, type PageToCome } from '../../rows/page.ts'
import { type Child, idAlone, type Plan, wholeRow } from '../../rows/plan.ts'
import { table } from '../../rows/table.ts'
import { projectOfRelease, projects } from '../projects/project-loaders.ts'
import { milestoneOrder } from './release-orders.ts'

/**
 * A release with its project: what may be shown of it depends on the project. One that has just been made also holds all its
 * links, the newest first.
 */
export type ReleaseNode = Release & { project: Project; links?: readonly AssetLink[] }

const row = {
  fields: Prisma.ReleaseScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true, releasedAt: true },
  // The tag, too: the URLs of what belongs to a release hold it.
  always: ['id', 'projectId', 'tag'],
  // Pages that show notes whole are read whole, as long as these are ordinary.
  long: { description: 10_000, descriptionHtml: 10_000 },
} as const

export const releases = table<Release>('releases', 'r', row)

/** Where the releases of several projects are read, each comes with its project, which is `p`. */
export const releasesWithProject = table<ReleaseNode>('releases', 'r', {
  ...row,
  from: Prisma.sql`releases r JOIN projects p ON p.id = r.project_id`,
  more: Prisma.sql`${projectOfRelease} AS project`,
  reviveMore: ({ project }) => projects.revive(project),
})

const ofProject = releases.childrenOf({ column: 'r.project_id', row: 'p.id' })

const ofGroup = releasesWithProject.childrenOf({
  column: 'gr.group_id',
  row: 'g.id',
  from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
})

const ofMilestone = releasesWithProject.childrenOf({
  column: 'mr.milestone_id',
  from: Prisma.sql`milestone_releases mr JOIN releases r ON r.id = mr.release_id JOIN projects p ON p.id = r.project_id`,
})

/** A page of releases, in the statement that reads their project. */
export const releasesChild = ofProject.child

export const releasesOfProject = (
  context: Context,
  project: Project,
  page: PageOfChildren<Release>,
  plan?: () => Plan,
): PageToCome<ReleaseNode> => extendRows(ofProject.page(context, project, page, plan), { project })

/** How many releases of a project pass a filter. Without one the project's own counter tells. */
export const countOfProject = ofProject.count

type GroupPage = Pick<PageOfChildren<ReleaseNode>, 'window' | 'order'>

const visiblePage = ({ viewer }: Context, page: GroupPage) => ({ ...page, where: visibleReleases(viewer) })

/**
 * A page of releases, in the statement that reads their group; nothing is read where the viewer does not see them. What that
 * depends on stands in `where` as well, and so in the key.
 */
export function groupReleasesChild(context: Context, page: GroupPage, plan: Plan): Child {
  const { sqlOf, ...child } = ofGroup.child(visiblePage(context, page), plan)
  const mayRead = groupsWithReleases(context.viewer)
  return { ...child, sqlOf: (merged) => Prisma.sql`CASE WHEN ${mayRead} THEN ${sqlOf(merged)} END` }
}

/** Of a group whose releases the viewer may read. */
export const releasesOfGroup = (context: Context, group: Group, page: GroupPage, plan?: () => Plan) =>
  ofGroup.page(context, group, visiblePage(context, page), plan)

type MilestonePage = Pick<PageOfChildren<ReleaseNode>, 'window'>

export function releasesOfMilestone(context: Context, id: number, { window }: MilestonePage, plan?: () => Plan) {
  const where = visibleReleases(context.viewer)
  return ofMilestone.page(context, { id }, { window, order: milestoneOrder, where }, plan)
}

/** How many releases a milestone has that the viewer may read. */
export const countOfMilestone = (context: Context, milestoneId: number): Promise<number> =>
  ofMilestone.count(context, milestoneId, visibleReleases(context.viewer))

const releaseByTag = releases.by('projectId', 'tag')

const ofTag = (tag: string) => ({ where: Prisma.sql`AND r.tag = ${tag}` })

/** The release of a tag, in the statement that reads its project. */
export const releaseOfTagChild = (tag: string, plan: Plan): Child => ofProject.child(ofTag(tag), plan)

export async function findReleaseByTag(
  context: Context,
  project: Project,
  tag: string,
  plan = () => wholeRow,
): Promise<ReleaseNode | null> {
  const read = ofProject.along(project, ofTag(tag))
  const release = read ? read[0] : await releaseByTag(context).load({ projectId: project.id, tag }, plan())
  return release ? { ...release, project } : null
}

/** Asked anew each time: a request that writes may have made it since it asked. */
export const isReleased = async ({ id: projectId }: Project, tag: string): Promise<boolean> =>
  (await releaseByTag.anew({ projectId, tag }, idAlone)) !== null
