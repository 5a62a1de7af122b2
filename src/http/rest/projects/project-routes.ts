import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import { role } from '../../../access/roles.ts'
import { isAdministrator, roleInGroup } from '../../../access/viewer.ts'
import { readsGroup } from '../../../access/visibility.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/place.ts'
import type { Group, Project } from '../../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../../git/branches.ts'
import { GitError } from '../../../git/git.ts'
import { groupById } from '../../../modules/groups/group-loaders.ts'
import { projectDescription } from '../../../modules/projects/project-loaders.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { isoTime, Time } from '../kit/dates.ts'
import { endpoint } from '../kit/endpoint.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'

const Access = z.object({ access_level: z.int(), notification_level: z.int() }).nullable()
const Level = z.enum(['disabled', 'private', 'enabled'])

export const ProjectBody = z
  .object({
    id: z.int(),
    description: z.string().nullable(),
    name: z.string(),
    name_with_namespace: z.string(),
    path: z.string(),
    path_with_namespace: z.string(),
    created_at: Time,
    default_branch: z.string().nullish(),
    topics: z.array(z.string()),
    http_url_to_repo: z.string(),
    web_url: z.string(),
    avatar_url: z.string().nullable(),
    last_activity_at: Time,
    visibility: z.enum(['private', 'internal', 'public']),
    archived: z.boolean(),
    namespace: z.object({
      id: z.int(),
      name: z.string(),
      path: z.string(),
      kind: z.literal('group'),
      full_path: z.string(),
      parent_id: z.int().nullable(),
      avatar_url: z.null(),
      web_url: z.string(),
    }),
    issues_enabled: z.boolean(),
    merge_requests_enabled: z.boolean(),
    issues_access_level: Level,
    repository_access_level: Level,
    merge_requests_access_level: Level,
    releases_access_level: Level,
    permissions: z.object({ project_access: Access, group_access: Access }).optional(),
  })
  .meta({
    id: 'Project',
    description:
      'Only viewers with a credential get `permissions`. Only viewers who may read code get `default_branch`.',
  })

/** GitLab's number for a notification level that follows the account's own setting. */
const GLOBAL_NOTIFICATION = 3

const accessOf = (level: number | undefined) =>
  level === undefined || level === role.none ? null : { access_level: level, notification_level: GLOBAL_NOTIFICATION }

function permissionsOf({ viewer }: Context, project: Project) {
  if (!viewer.user && viewer.scopes.size === 0) return {}
  // An administrator is shown as Owner, even without a membership, because clients read here what the viewer may do.
  const own = isAdministrator(viewer) ? role.owner : viewer.projectRoles.get(project.id)
  const inherited = isAdministrator(viewer) ? role.none : roleInGroup(viewer, project)
  return { permissions: { project_access: accessOf(own), group_access: accessOf(inherited) } }
}

async function defaultBranch(context: Context, project: Project) {
  if (!can(context.viewer, 'code:read', project)) return {}
  const branch = await findDefaultBranch(context.repositories.directory(project.id)).catch((error) => {
    // A missing or broken repository has no default branch.
    if (error instanceof GitError) return null
    throw error
  })
  return { default_branch: branch }
}

/** A viewer who reads the project knows the path of its group. The name of a hidden group stays hidden. */
const nameOf = ({ viewer }: Context, group: Group) => (readsGroup(viewer, group) ? group.name : group.path)

const presentNamespace = (context: Context, group: Group) => ({
  id: group.id,
  name: nameOf(context, group),
  path: group.path,
  kind: 'group' as const,
  full_path: group.fullPath,
  parent_id: group.parentId,
  avatar_url: null,
  web_url: `${context.baseUrl}/groups/${group.fullPath}`,
})

export async function presentProject(context: Context, project: Project): Promise<z.output<typeof ProjectBody>> {
  // A foreign key guarantees the group.
  const group = (await groupById(context).load(project.groupId)) as Group
  const url = projectUrl(context, project)
  return {
    id: project.id,
    description: await projectDescription(context, project, () => placeInRest(context, 'description')),
    name: project.name,
    name_with_namespace: `${nameOf(context, group)} / ${project.name}`,
    path: project.path,
    path_with_namespace: project.fullPath,
    created_at: isoTime(project.createdAt),
    ...(await defaultBranch(context, project)),
    topics: [],
    http_url_to_repo: `${url}.git`,
    web_url: url,
    avatar_url: project.avatarUrl,
    last_activity_at: isoTime(project.updatedAt),
    visibility: project.visibility,
    archived: project.archived,
    namespace: presentNamespace(context, group),
    issues_enabled: project.issuesLevel !== 'disabled',
    merge_requests_enabled: project.mergeRequestsLevel !== 'disabled',
    issues_access_level: project.issuesLevel,
    repository_access_level: project.repositoryLevel,
    merge_requests_access_level: project.mergeRequestsLevel,
    releases_access_level: project.releasesLevel,
    ...permissionsOf(context, project),
  }
}

export const projectEndpoints = [
  endpoint({
    method: 'get',
    path: '/projects/:id',
    tag: 'Projects',
    summary: 'A project, and what the viewer may do with it',
    input: z.object({ id: projectId }),
    answers: { 200: ProjectBody },
    find: projectFor(),
    handle: async ({ context, found }) => Response.json(await presentProject(context, found)),
  }),
]
