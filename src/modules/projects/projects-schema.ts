import { type Role, role } from '../../access/roles.ts'
import type { Context } from '../../context/context.ts'
import { parseNumericId } from '../../foundation/global-id.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import type { Given } from '../../rows/given.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { toWindow } from '../../rows/window.ts'
import { AccessLevelEnum, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { findGroup } from '../groups/find-group.ts'
import { findProjects } from './find-projects.ts'
import type { ProjectFilter } from './project-filter.ts'
import { projectSortOf, projectSorts } from './project-orders.ts'
import { ProjectType } from './project-schema.ts'
import { MAX_TOPICS } from './topics.ts'

const MAX_PATHS = 50

export const projectPageTypes = pageTypes({ type: ProjectType, name: 'Project', one: 'A project', many: 'projects' })

export const searchDescription =
  'Only projects that have each of these words in their name, their path or the beginning of their description, in any letter ' +
  'case. A search without three letters or digits in a row finds the projects whose whole name or path it is. In another order ' +
  'than by id the list has at most 500 of them: what is called just so, and then the newest. They are counted up to 501.'

const ProjectArchived = builder.enumType('ProjectArchived', {
  description: 'Which projects a list has: archived projects are read-only.',
  values: {
    ONLY: { value: 'only', description: 'Archived projects alone.' },
    INCLUDE: { value: 'include', description: 'All projects.' },
    EXCLUDE: { value: 'exclude', description: 'All projects that are not archived.' },
  } as const,
})

const archivedIs = { only: true, include: null, exclude: false } as const

/** No deleted project is active. Of all others only the archived ones are not. */
const archivedBy = (active: Given<boolean>) => (active == null ? null : !active)

type Arguments = {
  membership?: Given<boolean>
  search?: Given<string>
  searchNamespaces?: Given<boolean>
  topics?: Given<readonly string[]>
  minAccessLevel?: Given<Role>
  withIssuesEnabled?: Given<boolean>
  withMergeRequestsEnabled?: Given<boolean>
  ids?: Given<readonly string[]>
  fullPaths?: Given<readonly string[]>
  namespacePath?: Given<string>
  visibilityLevel?: Given<Visibility>
  archived?: Given<keyof typeof archivedIs>
  active?: Given<boolean>
  personal?: Given<boolean>
  trending?: Given<boolean>
  programmingLanguageName?: Given<string>
  aimedForDeletion?: Given<boolean>
  notAimedForDeletion?: Given<boolean>
}

/** Whether the arguments contradict each other, or ask for something that no project here has. */
function asksForNone({ archived, active, aimedForDeletion, ...asked }: Arguments): boolean {
  if (asked.personal || asked.trending || asked.programmingLanguageName) return true
  if (aimedForDeletion) return Boolean(active || asked.notAimedForDeletion)
  const [given, byActive] = [archivedIs[archived ?? 'include'], archivedBy(active)]
  return given !== null && byActive !== null && given !== byActive
}

async function filterOf(context: Context, { ids, ...args }: Arguments): Promise<ProjectFilter> {
  assertAtMost('ids', ids, MAX_PAGE_SIZE)
  assertAtMost('topics', args.topics, MAX_TOPICS)
  assertAtMost('fullPaths', args.fullPaths, MAX_PATHS)
  const group = args.namespacePath == null ? null : await findGroup(context, args.namespacePath)
  const isNone = asksForNone(args) || (args.namespacePath != null && !group)
  return {
    leastRole: args.minAccessLevel ?? (args.membership ? role.guest : null),
    searchNamespaces: args.searchNamespaces,
    topics: args.topics,
    issues: args.withIssuesEnabled,
    mergeRequests: args.withMergeRequestsEnabled,
    ids: isNone ? [] : ids?.map((id) => parseNumericId(id, 'Project')),
    fullPaths: args.fullPaths,
    groupId: group?.id,
    search: args.search,
    visibility: args.visibilityLevel,
    archived: archivedIs[args.archived ?? 'include'] ?? (args.aimedForDeletion ? null : archivedBy(args.active)),
    deleted: args.aimedForDeletion,
  }
}

builder.queryField('projects', (t) =>
  t.connection(
    {
      type: ProjectType,
      nullable: false,
      description:
        'The projects that the viewer may read. All arguments narrow the list together. Projects that are equal in the order ' +
        'are sorted by id, in the same direction.',
      args: {
        membership: t.arg.boolean({ description: 'Only projects where the viewer has a role, if true.' }),
        search: t.arg.string({ description: searchDescription }),
        searchNamespaces: t.arg.boolean({
          description: 'Whether the words of `search` may also be in the paths of the groups, if true.',
        }),
        topics: t.arg.stringList({ description: `Only projects with all these topics, at most ${MAX_TOPICS}.` }),
        minAccessLevel: t.arg({
          type: AccessLevelEnum,
          description: 'Only projects where the viewer has at least this role, of its own or from a group above.',
        }),
        withIssuesEnabled: t.arg.boolean({ description: 'Only projects that have issues, or that have none.' }),
        withMergeRequestsEnabled: t.arg.boolean({
          description: 'Only projects that have merge requests, or that have none.',
        }),
        ids: t.arg.idList({ description: `Only projects with these global IDs, at most ${MAX_PAGE_SIZE}.` }),
        fullPaths: t.arg.stringList({ description: `Only projects at these paths, at most ${MAX_PATHS}.` }),
        sort: t.arg.string({
          description:
            `The order: \`id_desc\` if absent, or one of ${projectSorts.slice(1).join(', ')}. \`similarity\` puts first what is ` +
            'most like `search`.',
        }),
        visibilityLevel: t.arg({ type: VisibilityLevelsEnum, description: 'Only projects with this visibility.' }),
        archived: t.arg({
          type: ProjectArchived,
          description: 'Whether archived projects are in the list. They are if absent.',
        }),
        active: t.arg.boolean({
          description:
            'Only projects that are neither archived nor deleted. False: only archived ones, and with `aimedForDeletion` deleted ones.',
        }),
        namespacePath: t.arg.id({
          description: 'Only the projects right in the group at this path. None in an unknown or hidden group.',
        }),
        personal: t.arg.boolean({ description: 'None, if true: an account has no projects outside of groups.' }),
        trending: t.arg.boolean({ description: 'None, if true: nothing counts visits.' }),
        programmingLanguageName: t.arg.string({ description: 'None with a name: no languages are detected.' }),
        notAimedForDeletion: t.arg.boolean({
          description:
            'Whether deleted projects are left out. They always are, unless `aimedForDeletion` asks for them alone.',
        }),
        aimedForDeletion: t.arg.boolean({
          description:
            'If true, the deleted projects that the viewer may restore, as their Owner, instead of all others. The other ' +
            'arguments find them by their paths since the deletion: `group/project~17`.',
        }),
      },
      resolve: async (_root, args, context, info) => {
        const order = { sort: projectSortOf(args.sort), plan: planBelow(info, context), window: toWindow(args) }
        return findProjects(context, await filterOf(context, args), order)
      },
    },
    ...projectPageTypes,
  ),
)
