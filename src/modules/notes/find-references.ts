// What references in Markdown lead to, for one viewer. Each kind is one statement, for hidden and for missing things alike.
import DataLoader from 'dataloader'
import { can } from '../../access/abilities.ts'
import { readableGroups, visibleIssuesAnywhere } from '../../access/visibility.ts'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { groupBy } from '../../foundation/group-by.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { nameOfReference, type Reference, type ReferenceKind } from '../../markdown/placeholders.ts'
import { projectIdAt } from '../projects/project-loaders.ts'

/** A reference, and the project of the text that it stands in. */
export type AskedReference = Reference & { project: Project }

/** The paths of pages, in the order of what is asked for. Null where there is nothing that the viewer may see. */
type Find = (context: Context, asked: readonly AskedReference[]) => Promise<(string | null)[]>

type Placed = { place: number; path: string }

function inOrder(asked: readonly unknown[], found: readonly Placed[]): (string | null)[] {
  const paths = new Map(found.map(({ place, path }) => [place, path]))
  return asked.map((_, place) => paths.get(place) ?? null)
}

const findIssues: Find = async ({ viewer }, asked) => {
  const keys = asked.map(({ project, value }, place) => {
    const [path = '', iid] = value.split('#')
    return { place, project: path === '' ? project.id : null, path: pathKey(path), iid: Number(iid) }
  })
  const found = await db.$queryRaw<Placed[]>`
    SELECT /* references.issues */ ask.place, p.full_path || '/-/issues/' || i.iid AS path
    FROM json_to_recordset(${jsonParameter(keys)}) AS ask (place int, project int, path text, iid int)
    JOIN projects p ON p.id = coalesce(ask.project, ${projectIdAt(Prisma.sql`ask.path`)})
    JOIN issues i ON i.project_id = p.id AND i.iid = ask.iid
    WHERE true ${visibleIssuesAnywhere(viewer)}`
  return inOrder(asked, found)
}

/** A title may stand for two milestones. That of the project wins over that of its group. */
const findMilestones: Find = async ({ viewer }, asked) => {
  const keys = asked.flatMap(({ project, kind, value }, place) =>
    can(viewer, 'milestone:read', project)
      ? [{ place, project: project.id, group: project.groupId, [kind === 'title' ? 'title' : 'iid']: value }]
      : [],
  )
  if (keys.length === 0) return asked.map(() => null)
  const found = await db.$queryRaw<Placed[]>`
    SELECT /* references.milestones */ ask.place, found.path || '/-/milestones/' || found.iid AS path
    FROM json_to_recordset(${jsonParameter(keys)}) AS ask (place int, project int, "group" int, iid int, title text)
    JOIN LATERAL (
      SELECT 1 AS rank, p.full_path AS path, m.iid FROM milestones m JOIN projects p ON p.id = m.project_id
      WHERE m.project_id = ask.project AND (m.iid = ask.iid OR m.title = ask.title)
      UNION ALL
      SELECT 2, 'groups/' || g.full_path, m.iid FROM milestones m JOIN groups g ON g.id = m.group_id
      WHERE m.group_id = ask.group AND m.title = ask.title ${readableGroups(viewer)}
      ORDER BY rank LIMIT 1
    ) AS found ON true`
  return inOrder(asked, found)
}

/** Everybody may find an account by its whole username. */
const findNames: Find = async ({ viewer }, asked) => {
  const names = asked.map(({ value }) => pathKey(value))
  const found = await db.$queryRaw<Placed[]>`
    SELECT /* references.names */ sought.place::int - 1 AS place, coalesce(u.username, 'groups/' || g.full_path) AS path
    FROM unnest(${names}::text[]) WITH ORDINALITY AS sought (name, place)
    LEFT JOIN users u ON lower(u.username) = sought.name
    LEFT JOIN groups g ON lower(g.full_path) = sought.name ${readableGroups(viewer)}
    WHERE u.id IS NOT NULL OR g.id IS NOT NULL`
  return inOrder(asked, found)
}

const findCommits: Find = async ({ viewer, repositories }, asked) => {
  const readable = asked.filter(({ project }) => can(viewer, 'code:read', project))
  const paths = new Map<string, string>()
  const readProject = async (project: Project, some: readonly AskedReference[]) => {
    const commits = await repositories.commitIds(
      project.id,
      some.map(({ value }) => value),
    )
    for (const [name, sha] of commits) paths.set(`${project.id} ${name}`, `${project.fullPath}/-/commit/${sha}`)
  }
  const byProject = groupBy(readable, ({ project }) => project.id)
  await Promise.all([...byProject.values()].map((some) => some[0] && readProject(some[0].project, some)))
  return asked.map(({ project, value }) => paths.get(`${project.id} ${value}`) ?? null)
}

const finders: Record<ReferenceKind, Find> = {
  issue: findIssues,
  milestone: findMilestones,
  title: findMilestones,
  name: findNames,
  commit: findCommits,
}

async function findAll(context: Context, asked: readonly AskedReference[]): Promise<(string | null)[]> {
  const paths = new Map<AskedReference, string | null>()
  const findSome = async (find: Find, some: readonly AskedReference[]) => {
    const found = await find(context, some)
    for (const [at, reference] of some.entries()) paths.set(reference, found[at] ?? null)
  }
  const byFinder = groupBy(asked, ({ kind }) => finders[kind])
  await Promise.all([...byFinder].map(([find, some]) => findSome(find, some)))
  return asked.map((reference) => paths.get(reference) ?? null)
}

/** Loads the path, on this server, of the page of what a reference names. */
export const referencePath = perRequest(
  (context) =>
    new DataLoader<AskedReference, string | null, string>((asked) => findAll(context, asked), {
      cacheKeyFn: ({ project, ...reference }) => `${project.id} ${nameOfReference(reference)}`,
    }),
)
