import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { builder } from '../../graphql/builder.ts'
import { mayChangeTag } from './release-access.ts'
import type { ReleaseNode } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'
import { filteredUrl, maskedReleaseUrl, newestEvidenceUrl, releaseUrl } from './release-urls.ts'

/**
 * A release can be edited by whoever may create its tag, even though the tag exists
 * (docs/contract/protected-tags.md#who-may-create-a-tag).
 */
function editUrl(context: Context, release: ReleaseNode): string | null | Promise<string | null> {
  const { project, tag } = release
  if (!can(context.viewer, 'release:update', project)) return null
  return mayChangeTag(context, project, tag).then((may) => (may ? `${releaseUrl(context, release)}/edit` : null))
}

const ReleaseLinks = builder.objectRef<ReleaseNode>('ReleaseLinks')

const list = (name: 'issues' | 'merge_requests', state: 'opened' | 'closed' | 'merged') =>
  ({
    kept: true,
    access: { needs: 'code:read', otherwise: null },
    description: `Absolute URL of the release's ${state} ${name.replace('_', ' ')}.`,
    reads: ['tag'],
    resolve: (release: ReleaseNode, _args: object, context: Context) => filteredUrl(context, release, name, state),
  }) as const

ReleaseLinks.implement({
  description: 'URLs of pages about a release. They contain the tag, so viewers without code access get fewer of them.',
  access: { needs: 'release:read', project: (release) => release.project },
  fields: (t) => ({
    selfUrl: t.string({
      kept: true,
      access: {
        needs: 'code:read',
        otherwise: (release, _args, context) => maskedReleaseUrl(context, release),
        instead: 'the URL that names the release by its number',
      },
      description: "Absolute URL of the release's page.",
      reads: ['tag'],
      resolve: (release, _args, context) => releaseUrl(context, release),
    }),
    editUrl: t.string({
      kept: true,
      access: { needs: 'code:read', otherwise: null },
      description:
        'Absolute URL of the page to edit the release. Null when the viewer may not edit it, for example because its tag is protected.',
      reads: ['tag'],
      resolve: (release, _args, context) => editUrl(context, release),
    }),
    newestEvidenceUrl: t.string({
      internal: true,
      kept: true,
      access: { needs: 'code:read', otherwise: null },
      description: 'Absolute URL of the newest evidence, even if there is none.',
      reads: ['tag'],
      resolve: (release, _args, context) => newestEvidenceUrl(context, release),
    }),
    openedIssuesUrl: t.string(list('issues', 'opened')),
    closedIssuesUrl: t.string(list('issues', 'closed')),
    openedMergeRequestsUrl: t.string(list('merge_requests', 'opened')),
    mergedMergeRequestsUrl: t.string(list('merge_requests', 'merged')),
    closedMergeRequestsUrl: t.string(list('merge_requests', 'closed')),
    issuesUrl: t.string({ ...list('issues', 'opened'), deprecationReason: 'Use `openedIssuesUrl`.' }),
    mergeRequestsUrl: t.string({
      ...list('merge_requests', 'opened'),
      deprecationReason: 'Use `openedMergeRequestsUrl`.',
    }),
  }),
})

builder.prismaObjectFields(ReleaseType, (t) => ({
  links: t.field({
    type: ReleaseLinks,
    kept: true,
    access: 'public',
    description: 'URLs of pages about the release.',
    sameRow: true,
    resolve: (release) => release,
  }),
}))
