import { validUntil } from '../../context/answer-life.ts'
import { placeOfField } from '../../context/field-place.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { findReleaseById } from './find-release.ts'
import { descriptionOf, isHistorical, isUpcoming, publishedAt } from './release-text.ts'
import { titleOf } from './release-title.ts'
import { tagPath } from './release-urls.ts'

/** A title that tells releases apart without their tags (docs/redaction.md). */
const maskedTitle = ({ id }: { id: number }) => `Release-${id}`

export const ReleaseType = builder.prismaObject('Release', {
  description: 'What a project published under a tag.',
  include: { project: true },
  access: { needs: 'release:read', project: (release) => release.project },
  fields: (t) => ({
    id: t.field({
      type: 'ReleaseID',
      nullable: false,
      kept: true,
      access: 'public',
      description: 'Global ID.',
      resolve: (release) => release.id,
    }),
    tagName: t.exposeString('tag', {
      kept: true,
      access: { needs: 'code:read', otherwise: null },
      description: 'The git tag.',
    }),
    tagPath: t.string({
      kept: true,
      access: { needs: 'code:read', otherwise: null },
      description: "Relative path of the tag's page.",
      reads: ['tag'],
      resolve: tagPath,
    }),
    name: t.string({
      kept: true,
      access: { needs: 'code:read', otherwise: maskedTitle, instead: '`Release-<number of the id>`' },
      description: 'The title. The tag when no title was given.',
      reads: ['name', 'tag'],
      resolve: titleOf,
    }),
    description: t.string({
      kept: true,
      access: 'public',
      description: 'The release notes, in Markdown.',
      reads: ['description'],
      resolve: (release, _args, context, info) => descriptionOf(context, release, () => placeOfField(info)),
    }),
    createdAt: t.expose('createdAt', {
      type: 'Time',
      kept: true,
      access: 'public',
      description: 'When the release was created here.',
    }),
    releasedAt: t.expose('releasedAt', {
      type: 'Time',
      kept: true,
      access: 'public',
      description: 'When the release was, or will be, published.',
    }),
    upcomingRelease: t.boolean({
      kept: true,
      access: 'public',
      description: 'Whether `releasedAt` is later than now, in whole seconds.',
      reads: ['releasedAt'],
      resolve: (release, _args, context) => {
        const upcoming = isUpcoming(release, databaseNow())
        if (upcoming) validUntil(context, publishedAt(release))
        return upcoming
      },
    }),
    historicalRelease: t.boolean({
      kept: true,
      access: 'public',
      description: 'Whether `releasedAt` is earlier than `createdAt`, in whole seconds.',
      reads: ['releasedAt', 'createdAt'],
      resolve: isHistorical,
    }),
  }),
})

export const releasePageTypes = pageTypes({ type: ReleaseType, name: 'Release', one: 'A release', many: 'releases' })

builder.queryField('release', (t) =>
  t.field({
    type: ReleaseType,
    description:
      'The release with this global ID. Null when there is none, and when the viewer may not read it. It is for viewers who ' +
      'may read a release but not see its tag. Not in GitLab.',
    args: { id: t.arg({ type: 'ReleaseID', required: true, description: 'Global ID of the release.' }) },
    resolve: (_root, { id }, context) => findReleaseById(context, id),
  }),
)
