import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { connection, emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { latestRelease } from '../releases/latest-release.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { type SourceFormat, sourceFormats, sourceUrl } from '../releases/release-urls.ts'
import { allLinksOfRelease, findLinkByPath, linksChild, linksOfRelease } from './asset-loaders.ts'
import { ReleaseAssetLink } from './link-schema.ts'

type Source = { release: ReleaseNode; format: SourceFormat }

// Its fields are public, because `ReleaseAssets.sources` gives no source to viewers who may not read code.
const ReleaseSource = builder.objectRef<Source>('ReleaseSource').implement({
  description: 'An archive of the source code at the tag.',
  access: { needs: 'code:read', project: ({ release }) => release.project, fields: 'public' },
  fields: (t) => ({
    format: t.exposeString('format', { kept: true, description: 'One of zip, tar.gz, tar.bz2, tar.' }),
    url: t.string({
      kept: true,
      description: 'Absolute URL of the archive.',
      resolve: ({ release, format }, _args, context) => sourceUrl(context, release, format),
    }),
  }),
})

const linkPageTypes = pageTypes({ type: ReleaseAssetLink, name: 'ReleaseAssetLink', one: 'A link', many: 'links' })

const sourcePageTypes = pageTypes({
  type: ReleaseSource,
  name: 'ReleaseSource',
  one: 'A source archive',
  many: 'source archives',
})

const ReleaseAssets = builder.objectRef<ReleaseNode>('ReleaseAssets').implement({
  description: 'What can be downloaded from a release.',
  access: { needs: 'release:read', project: (release) => release.project },
  fields: (t) => ({
    count: t.int({
      kept: true,
      access: { needs: 'code:read', otherwise: (release) => release.linksCount, instead: 'the number of links alone' },
      description: 'How many links and source archives there are.',
      reads: ['linksCount'],
      resolve: (release) => release.linksCount + sourceFormats.length,
    }),
    links: t.connection(
      {
        type: ReleaseAssetLink,
        kept: true,
        access: 'public',
        description: 'Links, the newest first.',
        child: linksChild,
        reads: ['linksCount'],
        resolve: (release, args, context) =>
          connection(linksOfRelease(context, release, toWindow(args)), () => release.linksCount),
      },
      ...linkPageTypes,
    ),
    allLinks: t.field({
      type: [ReleaseAssetLink],
      internal: true,
      kept: true,
      nullable: false,
      access: 'public',
      description: 'All links, the newest first.',
      child: linksChild,
      reads: ['linksCount'],
      resolve: (release, _args, context) => allLinksOfRelease(context, release),
    }),
    sources: t.connection(
      {
        type: ReleaseSource,
        kept: true,
        access: { needs: 'code:read', otherwise: emptyConnection, instead: 'an empty connection' },
        description: 'Archives of the source code: zip, tar.gz, tar.bz2, tar.',
        reads: ['tag'],
        resolve: (release, args) =>
          arrayConnection(
            sourceFormats.map((format) => ({ release, format })),
            args,
          ),
      },
      ...sourcePageTypes,
    ),
  }),
})

const directAssetPath = 'The stored path, with or without its leading slash.'

builder.prismaObjectFields(ReleaseType, (t) => ({
  assets: t.field({
    type: ReleaseAssets,
    kept: true,
    access: 'public',
    description: 'What can be downloaded.',
    sameRow: true,
    resolve: (release) => release,
  }),
  assetLink: t.field({
    type: ReleaseAssetLink,
    access: 'public',
    description: 'The link with this stored path; null when there is none. Not in GitLab.',
    args: { directAssetPath: t.arg.string({ required: true, description: directAssetPath }) },
    resolve: (release, args, context) => findLinkByPath(context, release, args.directAssetPath),
  }),
}))

builder.prismaObjectField('Project', 'latestReleaseAssetLink', (t) =>
  t.field({
    type: ReleaseAssetLink,
    access: { needs: 'release:read', otherwise: null },
    description:
      'The link of the latest release (by `releasedAt`) with this stored path; null when there is none. Not in GitLab.',
    args: { directAssetPath: t.arg.string({ required: true, description: directAssetPath }) },
    resolve: async (project, args, context) => {
      const release = await latestRelease(context, project, {})
      return release && findLinkByPath(context, release, args.directAssetPath)
    },
  }),
)
