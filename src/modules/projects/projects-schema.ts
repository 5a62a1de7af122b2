import { role } from '../../access/roles.ts'
import { parseNumericId } from '../../foundation/global-id.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { toWindow } from '../../rows/window.ts'
import { AccessLevelEnum, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { findProjects } from './find-projects.ts'
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
        aimedForDeletion: t.arg.boolean({
          description:
            'If true, the deleted projects that the viewer may restore, as their Owner, instead of all others. The other ' +
            'arguments find them by their paths since the deletion: `group/project~17`.',
        }),
      },
      resolve: (
        _root,
        { membership, ids, fullPaths, sort, visibilityLevel, aimedForDeletion, ...args },
        context,
        info,
      ) => {
        assertAtMost('ids', ids, MAX_PAGE_SIZE)
        assertAtMost('topics', args.topics, MAX_TOPICS)
        assertAtMost('fullPaths', fullPaths, MAX_PATHS)
        const filter = {
          leastRole: args.minAccessLevel ?? (membership ? role.guest : null),
          searchNamespaces: args.searchNamespaces,
          topics: args.topics,
          issues: args.withIssuesEnabled,
          mergeRequests: args.withMergeRequestsEnabled,
          ids: ids?.map((id) => parseNumericId(id, 'Project')),
          fullPaths,
          search: args.search,
          visibility: visibilityLevel,
          archived: archivedIs[args.archived ?? 'include'],
          deleted: aimedForDeletion,
        }
        const order = { sort: projectSortOf(sort), plan: planBelow(info, context), window: toWindow(args) }
        return findProjects(context, filter, order)
      },
    },
    ...projectPageTypes,
  ),
)
