// What references in Markdown lead to. Each kind is one statement, whoever asks: who may see what is found is decided afterwards, so
// that many readers of one text cost as much as one, and hidden things are answered like missing ones.
import DataLoader from 'dataloader'
import type { ProjectAccess } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { readsGroup } from '../../access/visibility.ts'
import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { groupBy } from '../../foundation/group-by.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { type Group, type Issue, Prisma, type Project } from '../../generated/prisma/client.ts'
import type { Repositories } from '../../git/open-repositories.ts'
import { nameOfReference, type Reference, type ReferenceKind } from '../../markdown/placeholders.ts'
import { readsIssue } from '../issues/issue-policy.ts'
import { projectIdAt } from '../projects/project-loaders.ts'

/** A reference, and the project of the text that it stands in. */
type AskedReference = Reference & { project: Project }

/** The path of the page of what a reference names, and who may know that it is there. */
export type Target = { path: string; isShownTo: (viewer: Viewer) => boolean }

/** In the order of what is asked for. Null where there is nothing. */
type Find = (asked: readonly AskedReference[], repositories: Repositories) => Promise<(Target | null)[]>

type Placed = { place: number; path: string }
type GroupAccess = Pick<Group, 'visibility' | 'ancestorIds' | 'deletedAt'>

function inOrder<Row extends Placed>(
  asked: readonly unknown[],
  found: readonly Row[],
  isShownTo: (viewer: Viewer, row: Row) => boolean,
): (Target | null)[] {
  const rows = new Map(found.map((row) => [row.place, row]))
  return asked.map((_, place) => {
    const row = rows.get(place)
    return row ? { path: row.path, isShownTo: (viewer) => isShownTo(viewer, row) } : null
  })
}

/** What decides who sees the project `p`, and the group `g`. */
const projectAccess = Prisma.sql`json_build_object('id', p.id, 'ancestorIds', p.ancestor_ids, 'deletedAt', p.deleted_at,
  'visibility', p.visibility, 'archived', p.archived, 'releasesLevel', p.releases_level, 'repositoryLevel', p.repository_level,
  'issuesLevel', p.issues_level, 'mergeRequestsLevel', p.merge_requests_level)`
const groupAccess = Prisma.sql`json_build_object('visibility', g.visibility, 'ancestorIds', g.ancestor_ids, 'deletedAt', g.deleted_at)`

type FoundIssue = Placed & Pick<Issue, 'confidential' | 'authorId'> & { project: ProjectAccess }

const findIssues: Find = async (asked) => {
  const keys = asked.map(({ project, value }, place) => {
    const [path = '', iid] = value.split('#')
    return { place, project: path === '' ? project.id : null, path: pathKey(path), iid: Number(iid) }
  })
  const found = await db.$queryRaw<FoundIssue[]>`
    SELECT /* references.issues */ ask.place, p.full_path || '/-/issues/' || i.iid AS path, i.confidential, i.author_id AS "authorId",
      ${projectAccess} AS project
    FROM json_to_recordset(${jsonParameter(keys)}) AS ask (place int, project int, path text, iid int)
    JOIN projects p ON p.id = coalesce(ask.project, ${projectIdAt(Prisma.sql`ask.path`)})
    JOIN issues i ON i.project_id = p.id AND i.iid = ask.iid`
  return inOrder(asked, found, readsIssue)
}

/** A title may stand for two milestones. That of the project wins over that of its group. */
const findMilestones: Find = async (asked) => {
  const keys = asked.map(({ project, kind, value }, place) => ({
    ...{ place, project: project.id, group: project.groupId },
    [kind === 'title' ? 'title' : 'iid']: value,
  }))
  const found = await db.$queryRaw<(Placed & { group: GroupAccess | null })[]>`
    SELECT /* references.milestones */ ask.place, found.path || '/-/milestones/' || found.iid AS path, found.group
    FROM json_to_recordset(${jsonParameter(keys)}) AS ask (place int, project int, "group" int, iid int, title text)
    JOIN LATERAL (
      SELECT 1 AS rank, p.full_path AS path, m.iid, NULL::json AS group FROM milestones m JOIN projects p ON p.id = m.project_id
      WHERE m.project_id = ask.project AND (m.iid = ask.iid OR m.title = ask.title)
      UNION ALL
      SELECT 2, 'groups/' || g.full_path, m.iid, ${groupAccess} FROM milestones m JOIN groups g ON g.id = m.group_id
      WHERE m.group_id = ask.group AND m.title = ask.title
      ORDER BY rank LIMIT 1
    ) AS found ON true`
  return inOrder(asked, found, (viewer, { group }) => group === null || readsGroup(viewer, group))
}

/** Everybody may find an account by its whole username. */
const findNames: Find = async (asked) => {
  const names = asked.map(({ value }) => pathKey(value))
  const found = await db.$queryRaw<(Placed & { group: GroupAccess | null })[]>`
    SELECT /* references.names */ sought.place::int - 1 AS place, coalesce(u.username, 'groups/' || g.full_path) AS path,
      CASE WHEN u.id IS NULL THEN ${groupAccess} END AS group
    FROM unnest(${names}::text[]) WITH ORDINALITY AS sought (name, place)
    LEFT JOIN users u ON lower(u.username) = sought.name
    LEFT JOIN groups g ON lower(g.full_path) = sought.name
    WHERE u.id IS NOT NULL OR g.id IS NOT NULL`
  return inOrder(asked, found, (viewer, { group }) => group === null || readsGroup(viewer, group))
}

const findCommits: Find = async (asked, repositories) => {
  const paths = new Map<string, string>()
  const readProject = async (project: Project, some: readonly AskedReference[]) => {
    const commits = await repositories.commitIds(
      project.id,
      some.map(({ value }) => value),
    )
    for (const [name, sha] of commits) paths.set(`${project.id} ${name}`, `${project.fullPath}/-/commit/${sha}`)
  }
  const byProject = groupBy(asked, ({ project }) => project.id)
  await Promise.all([...byProject.values()].map((some) => some[0] && readProject(some[0].project, some)))
  return asked.map(({ project, value }) => {
    const path = paths.get(`${project.id} ${value}`)
    return path === undefined ? null : { path, isShownTo: () => true }
  })
}

const finders: Record<ReferenceKind, Find> = {
  issue: findIssues,
  milestone: findMilestones,
  title: findMilestones,
  name: findNames,
  commit: findCommits,
}

async function findAll(asked: readonly AskedReference[], repositories: Repositories): Promise<(Target | null)[]> {
  const targets = new Map<AskedReference, Target | null>()
  const findSome = async (find: Find, some: readonly AskedReference[]) => {
    const found = await find(some, repositories)
    for (const [at, reference] of some.entries()) targets.set(reference, found[at] ?? null)
  }
  const byFinder = groupBy(asked, ({ kind }) => finders[kind])
  await Promise.all([...byFinder].map(([find, some]) => findSome(find, some)))
  return asked.map((reference) => targets.get(reference) ?? null)
}

export type Targets = DataLoader<AskedReference, Target | null, string>

/** Loads what references name. */
export const createTargets = (repositories: Repositories): Targets =>
  new DataLoader((asked) => findAll(asked, repositories), {
    cacheKeyFn: ({ project, ...reference }) => `${project.id} ${nameOfReference(reference)}`,
  })
