// Fields that only our own doors ask for: releases by number, and pages of releases by number.
import { readsGroupReleases } from '../../access/visibility.ts'
import { builder } from '../../graphql/builder.ts'
import { type NumberedPage, pageOf } from '../../rows/numbered-page.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { findGroupById } from '../groups/find-group.ts'
import { GroupType } from '../groups/group-schema.ts'
import { findProjectById } from '../projects/find-project.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { findReleaseById } from './find-release.ts'
import { GroupReleaseSort } from './group-releases-schema.ts'
import { groupReleasePage, projectReleasePage } from './numbered-releases.ts'
import { ReleaseSemverSort, ReleaseSort } from './project-releases-schema.ts'
import { filterArguments } from './release-filters-schema.ts'
import type { ReleaseNode } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'
import { maskedReleaseUrl } from './release-urls.ts'

const ReleasePage = builder.objectRef<NumberedPage<ReleaseNode>>('ReleasePage').implement({
  internal: true,
  description: 'A page of releases, asked for by its number.',
  access: 'public',
  fields: (t) => ({
    rows: t.expose('rows', { kept: true, type: [ReleaseType], nullable: false, description: 'The releases.' }),
    number: t.exposeInt('number', { kept: true, nullable: false, description: 'The number of the page, from 1.' }),
    size: t.exposeInt('size', { kept: true, nullable: false, description: 'How many releases a full page has.' }),
    hasNext: t.exposeBoolean('hasNext', {
      kept: true,
      nullable: false,
      description: 'Whether there is a next page.',
    }),
    total: t.exposeInt('total', {
      kept: true,
      description: 'How many releases there are. Null when they are not counted.',
    }),
  }),
})

builder.prismaObjectField(ProjectType, 'releasePage', (t) =>
  t.field({
    type: ReleasePage,
    internal: true,
    kept: true,
    nullable: false,
    access: { needs: 'release:read', otherwise: () => pageOf<never>([], {}), instead: 'an empty page' },
    description: 'A page of the releases.',
    args: {
      number: t.arg.int({ description: 'The number of the page. Absent: 1.' }),
      size: t.arg.int({ description: 'How many releases. Absent: 20. At most 100.' }),
      sort: t.arg({ type: ReleaseSort, required: true, description: 'The order.' }),
      semverSort: t.arg({
        type: ReleaseSemverSort,
        access: { needs: 'code:read' },
        description: 'Order by version instead of `sort`. Needs `code:read`, because it reveals tags.',
      }),
      ...filterArguments('project'),
    },
    resolve: (project, { number, size, sort, semverSort, ...filters }, context, info) => {
      const plan = planBelow(info, context)
      const page = { page: number, per_page: size }
      return projectReleasePage(context, project, { page, sort: semverSort ?? sort, filters, plan })
    },
  }),
)

builder.prismaObjectField(GroupType, 'releasePage', (t) =>
  t.field({
    type: ReleasePage,
    internal: true,
    nullable: false,
    description:
      'A page of the releases of all projects of the group and of the groups below it. Empty for viewers who are not members.',
    args: {
      number: t.arg.int({ description: 'The number of the page. Absent: 1.' }),
      size: t.arg.int({ description: 'How many releases. Absent: 20. At most 100.' }),
      sort: t.arg({ type: GroupReleaseSort, required: true, description: 'The order.' }),
      ...filterArguments('group'),
    },
    resolve: (group, { number, size, sort, ...filters }, context, info) => {
      if (!readsGroupReleases(context.viewer, group)) return pageOf<never>([], {})
      const plan = planBelow(info, context)
      return groupReleasePage(context, group, { page: { page: number, per_page: size }, sort, filters, plan })
    },
  }),
)

builder.queryFields((t) => ({
  projectByNumber: t.field({
    type: ProjectType,
    internal: true,
    kept: true,
    description: 'The project with this number. Null when there is none, and when the viewer may not read it.',
    args: { number: t.arg.int({ required: true, description: 'The number in its global ID.' }) },
    resolve: (_root, { number }, context) => findProjectById(context, number),
  }),
  groupByNumber: t.field({
    type: GroupType,
    internal: true,
    description: 'The group with this number. Null when there is none, and when the viewer may not read it.',
    args: { number: t.arg.int({ required: true, description: 'The number in its global ID.' }) },
    resolve: (_root, { number }, context) => findGroupById(context, number),
  }),
}))

builder.prismaObjectFields(ProjectType, (t) => ({
  releaseByNumber: t.field({
    type: ReleaseType,
    internal: true,
    kept: true,
    access: { needs: 'release:read', otherwise: null },
    description: 'The release of the project with this number. Null when there is none.',
    args: { number: t.arg.int({ required: true, description: 'The number in its global ID.' }) },
    resolve: async (project, { number }, context) => {
      const release = await findReleaseById(context, number)
      return release?.projectId === project.id ? release : null
    },
  }),
}))

builder.prismaObjectFields(ReleaseType, (t) => ({
  project: t.field({
    type: ProjectType,
    internal: true,
    kept: true,
    nullable: false,
    access: 'public',
    description: 'The project that published it.',
    reads: [],
    resolve: ({ project }) => project,
  }),
  updatedAt: t.expose('updatedAt', {
    type: 'Time',
    internal: true,
    kept: true,
    nullable: false,
    access: 'public',
    description: 'When the release, or something that belongs to it, last changed.',
  }),
  prereleaseMark: t.exposeBoolean('prereleaseMark', {
    internal: true,
    access: 'public',
    description: 'Whether a person said that it is a prerelease, or none. Null: the version says it.',
  }),
  permanentUrl: t.string({
    internal: true,
    kept: true,
    nullable: false,
    access: 'public',
    description: 'Absolute URL of its page, with its number instead of the tag. The same for all viewers.',
    reads: [],
    resolve: (release, _args, context) => maskedReleaseUrl(context, release),
  }),
}))
