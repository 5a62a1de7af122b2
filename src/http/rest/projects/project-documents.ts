// What REST shows of projects.
import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import type { OneProjectFragment, ProjectFragment } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import type { NumberedPage } from '../../../rows/numbered-page.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'

const Access = z.object({ access_level: z.int(), notification_level: z.int() }).nullable()
const Level = z.enum(['disabled', 'private', 'enabled'])
const VisibilityLevel = z.enum(['private', 'internal', 'public'])

const SimpleBody = z.object({
  id: z.int(),
  description: z.string().nullable(),
  name: z.string(),
  name_with_namespace: z.string(),
  path: z.string(),
  path_with_namespace: z.string(),
  created_at: Time,
  default_branch: z.string().nullish(),
  tag_list: z.array(z.string()),
  topics: z.array(z.string()),
  ssh_url_to_repo: z.null(),
  http_url_to_repo: z.string(),
  web_url: z.string(),
  readme_url: z.string().nullish(),
  forks_count: z.literal(0).optional(),
  avatar_url: z.string().nullable(),
  star_count: z.literal(0),
  last_activity_at: Time,
  visibility: VisibilityLevel,
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
})

const simpleKeys = Object.keys(SimpleBody.shape)

export const SimpleProjectBody = SimpleBody.meta({
  id: 'SimpleProject',
  description: 'A project with few keys. Only viewers who may read code get `default_branch` and `forks_count`.',
})

export const ProjectBody = z
  .object({
    ...SimpleBody.shape,
    archived: z.boolean(),
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
      'Only viewers with a credential get `permissions`. Only viewers who may read code get `default_branch`, `forks_count`, and ' +
      'of a project alone `readme_url`.',
  })

type Body = z.output<typeof ProjectBody>

/** GitLab's number for a notification level that follows the account's own setting. */
const GLOBAL_NOTIFICATION = 3

const accessOf = (level: number) =>
  level === role.none ? null : { access_level: level, notification_level: GLOBAL_NOTIFICATION }

const levelOf = (level: string) => level.toLowerCase() as z.output<typeof Level>

/** For viewers who may read code. Nobody forks here, and a list does not look for a README. */
const toCode = (repository: NonNullable<(ProjectFragment | OneProjectFragment)['repository']>) => ({
  ...('readme_url' in repository ? { readme_url: repository.readme_url } : {}),
  forks_count: 0 as const,
})

function toProject(project: ProjectFragment | OneProjectFragment): Body {
  const { repository, viewerRoles, ...levels } = project
  // A foreign key guarantees the group.
  const namespace = project.namespace as NonNullable<ProjectFragment['namespace']>
  return {
    id: project.id,
    description: project.description ?? null,
    name: project.name,
    name_with_namespace: `${namespace.name} / ${project.name}`,
    path: project.path,
    path_with_namespace: project.path_with_namespace,
    created_at: project.created_at as string,
    ...(repository ? { default_branch: repository.default_branch ?? null } : {}),
    tag_list: [...project.topics],
    topics: [...project.topics],
    ssh_url_to_repo: null,
    http_url_to_repo: `${project.web_url}.git`,
    web_url: project.web_url as string,
    ...(repository ? toCode(repository) : {}),
    avatar_url: project.avatar_url ?? null,
    star_count: 0,
    last_activity_at: project.last_activity_at as string,
    visibility: project.visibility as Body['visibility'],
    archived: project.archived ?? false,
    namespace: { ...namespace, parent_id: namespace.parent_id ?? null, kind: 'group', avatar_url: null },
    issues_enabled: levels.issuesLevel !== 'DISABLED',
    merge_requests_enabled: levels.mergeRequestsLevel !== 'DISABLED',
    issues_access_level: levelOf(levels.issuesLevel),
    repository_access_level: levelOf(levels.repositoryLevel),
    merge_requests_access_level: levelOf(levels.mergeRequestsLevel),
    releases_access_level: levelOf(levels.releasesLevel),
    ...(viewerRoles
      ? {
          permissions: { project_access: accessOf(viewerRoles.own), group_access: accessOf(viewerRoles.inherited) },
        }
      : {}),
  }
}

const projectFragment = /* GraphQL */ `
  fragment Project on Project {
    id: number
    description
    name
    path
    path_with_namespace: fullPath
    created_at: createdAt
    repository { default_branch: headBranch }
    web_url: webUrl
    avatar_url: avatarUrl
    last_activity_at: lastActivityAt
    visibility
    topics
    archived
    namespace { id: number name path full_path: fullPath parent_id: parentNumber web_url: webUrl }
    issuesLevel
    repositoryLevel
    mergeRequestsLevel
    releasesLevel
    viewerRoles { own inherited }
  }
`

const listed = shownRows<Project, ProjectFragment, Body>(
  /* GraphQL */ `
    query Projects { given { rows: projects { ...Project } } }
    ${projectFragment}
  `,
  toProject,
)

const alone = shownRows<Project, OneProjectFragment, Body>(
  /* GraphQL */ `
    query OneProject { given { rows: projects { ...OneProject } } }
    fragment OneProject on Project { ...Project repository { readme_url: readmeUrl } }
    ${projectFragment}
  `,
  toProject,
)

/** Processes of git look for a README, so only a project that is shown alone has one. */
export const shownProjects = { one: alone.one, page: listed.page }

/** The items of lists, whole or simple. */
export type ShownProject = Body | z.output<typeof SimpleProjectBody>

const toSimple = (body: Body) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => simpleKeys.includes(key))) as ShownProject

const withoutPermissions = ({ permissions: _permissions, ...body }: Body): ShownProject => body

const forms = { whole: (body: Body): ShownProject => body, simple: toSimple, withoutPermissions }

export const inForm = (page: NumberedPage<Body>, form: keyof typeof forms): NumberedPage<ShownProject> => ({
  ...page,
  rows: page.rows.map(forms[form]),
})
