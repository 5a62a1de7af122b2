import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError, RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems, descriptionProblems, nameProblems } from '../../foundation/rules.ts'
import type { Group, Project, Visibility } from '../../generated/prisma/client.ts'
import { initRepository } from '../../git/mirror-repository.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getGroupFor } from '../groups/find-group.ts'
import { findProjectAt } from './find-project.ts'
import { topicProblems } from './topics.ts'

export type ProjectCreate = {
  groupPath: string
  path: string
  /** Absent: the path. */
  name?: string | null | undefined
  description?: string | null | undefined
  /** Absent: private. */
  visibility?: Visibility | null | undefined
  topics?: readonly string[] | null | undefined
}

/** Makes a repository in a folder that does not exist yet. */
type MakeRepository = (directory: string) => Promise<unknown>

export const pathTaken = () =>
  new RuleViolation('CONFLICT', 'Path has already been taken', { path: ['has already been taken'] })

export const onPathTaken = onUniqueViolation({
  projects_full_path_key: pathTaken,
  projects_lower_full_path_key: pathTaken,
  namespace_path_is_free: pathTaken,
})

function assertValid(group: Group, { path, name, description, topics }: ProjectCreate): void {
  assertNoProblems([
    ...pathProblems(path, group),
    ...nameProblems('Name', name ?? path),
    ...descriptionProblems(description),
    ...topicProblems(topics ?? []),
  ])
}

/** Takes the id of the new project from the sequence. Nobody else gets it. */
async function takeProjectId(): Promise<number> {
  const [row] = await db.$queryRaw<[{ id: number }]>`SELECT /* projects.takeId */ nextval('projects_id_seq')::int AS id`
  return row.id
}

type Insert = { id: number; group: Group; input: ProjectCreate }

async function insert(tx: Tx, context: Context, { id, group, input }: Insert): Promise<Project> {
  const { path, name, description = null, visibility: given, topics } = input
  const visibility = given ?? 'private'
  const values = {
    id,
    groupId: group.id,
    path,
    name: name ?? path,
    description,
    visibility,
    topics: [...(topics ?? [])],
  }
  const project = await tx.project.create({ data: { ...values, updatedAt: databaseNow() } })
  await recordAuditEvent(tx, context, {
    type: 'project_created',
    scope: { projectId: id },
    target: { type: 'Project', id, details: project.fullPath },
    message: `Created the ${visibility} project ${project.fullPath}`,
  })
  return project
}

/** Creates a project with an empty repository. */
export const createProject = once((context: Context, input: ProjectCreate) =>
  makeProject(context, input, initRepository),
)

/** Creates a project with the repository that `makeRepository` makes. */
export async function makeProject(
  context: Context,
  input: ProjectCreate,
  makeRepository: MakeRepository,
): Promise<Project> {
  const group = await getGroupFor(context, 'project:create', input.groupPath)
  assertValid(group, input)
  // Checks the path before the repository is fetched, which may take long.
  if (await findProjectAt(`${group.fullPath}/${input.path}`)) throw pathTaken()
  const id = await takeProjectId()
  const directory = context.repositories.directory(id)
  if (existsSync(directory)) {
    throw new AppError('CONFLICT', `The repository ${id}.git belongs to no project of this database: move it away`)
  }
  try {
    await makeRepository(directory)
    return await transact(context, (tx) => insert(tx, context, { id, group, input })).catch(onPathTaken)
  } catch (error) {
    // Keeps the repository if the project exists: a commit has happened even if its answer was lost.
    if ((await db.project.count({ where: { id } })) === 0) await rm(directory, { recursive: true, force: true })
    throw error
  }
}
