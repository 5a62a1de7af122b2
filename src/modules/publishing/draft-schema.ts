import { placeOfField } from '../../context/field-place.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { connection, emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { ReleaseAssetLinkType } from '../assets/link-schema.ts'
import { MilestoneType } from '../milestones/milestone-schema.ts'
import { titleOf } from '../releases/release-title.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import type { ReleaseCreate } from './create-release.ts'
import {
  countOfDrafts,
  draftDescription,
  draftLinks,
  draftPage,
  draftTagMessage,
  findDraft,
  milestonesOfDraft,
} from './draft-loaders.ts'

type DraftLink = NonNullable<ReleaseCreate['links']>[number]

const ReleaseDraftLink = builder.objectRef<DraftLink>('ReleaseDraftLink').implement({
  description: 'A link that a release will have. Not in GitLab.',
  access: 'public',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'Name, unique in the release.' }),
    url: t.exposeString('url', { nullable: false, description: 'Where the link leads.' }),
    directAssetPath: t.exposeString('filepath', { description: 'The path of the permanent URL.' }),
    linkType: t.expose('linkType', {
      type: ReleaseAssetLinkType,
      nullable: false,
      description: 'What the link leads to.',
    }),
  }),
})

export const ReleaseDraftType = builder.prismaObject('ReleaseDraft', {
  description: 'A release that is not published yet. Nobody else sees its tag, and nothing counts it. Not in GitLab.',
  include: { project: true },
  access: { needs: 'release:create', project: (draft) => draft.project, fields: 'public' },
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: ({ id }) => toGlobalId('ReleaseDraft', id) }),
    tagName: t.exposeString('tag', { nullable: false, description: 'The tag, which need not exist yet.' }),
    ref: t.exposeString('ref', { description: 'What a new tag will point to.' }),
    tagMessage: t.string({
      description: 'Will make a new tag annotated.',
      resolve: (draft, _args, context, info) => draftTagMessage(context, draft, () => placeOfField(info)),
    }),
    name: t.string({ description: 'The title. The tag when no title was given.', resolve: titleOf }),
    description: t.string({
      description: 'The release notes, in Markdown.',
      resolve: (draft, _args, context, info) => draftDescription(context, draft, () => placeOfField(info)),
    }),
    releasedAt: t.expose('releasedAt', {
      type: 'Time',
      description: 'The date it will have. Null: when it is published.',
    }),
    milestones: t.field({
      type: [MilestoneType],
      access: { needs: 'milestone:read', otherwise: () => [], instead: 'an empty list' },
      description: 'The milestones that it will have. Those that were deleted are not shown.',
      resolve: (draft, _args, context) => milestonesOfDraft(context, draft),
    }),
    links: t.field({
      type: [ReleaseDraftLink],
      description: 'The links that it will have.',
      resolve: async (draft, _args, context, info) =>
        JSON.parse((await draftLinks(context, draft, () => placeOfField(info))) ?? '[]') as DraftLink[],
    }),
    author: t.field({
      type: UserCore,
      description: 'Who wrote the draft first. Null when the account is gone.',
      resolve: ({ authorId }, _args, context) => (authorId === null ? null : userById(context).load(authorId)),
    }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was written first.' }),
    updatedAt: t.expose('updatedAt', { type: 'Time', nullable: false, description: 'When it last changed.' }),
  }),
})

givenRows('releaseDrafts', ReleaseDraftType)

const draftPageTypes = pageTypes({ type: ReleaseDraftType, name: 'ReleaseDraft', one: 'A draft', many: 'drafts' })

builder.prismaObjectFields('Project', (t) => ({
  draftRelease: t.field({
    type: ReleaseDraftType,
    access: { needs: 'release:create', otherwise: null },
    description: 'The draft with exactly this tag; null when there is none. Not in GitLab.',
    args: { tagName: t.arg.string({ required: true, description: 'The tag. Upper and lower case differ.' }) },
    resolve: (project, { tagName }, context) => findDraft(context, project, tagName),
  }),
  draftReleases: t.connection(
    {
      type: ReleaseDraftType,
      access: { needs: 'release:create', otherwise: emptyConnection, instead: 'an empty connection' },
      description:
        'The releases that are not published yet, the newest first. `releases` has none of them. Not in GitLab.',
      resolve: (project, args, context) =>
        connection(draftPage(context, project, toWindow(args)), () => countOfDrafts(context, project.id)),
    },
    ...draftPageTypes,
  ),
}))
