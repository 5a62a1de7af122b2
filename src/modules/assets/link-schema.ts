import type { Context } from '../../context/context.ts'
import { builder } from '../../graphql/builder.ts'
import { givenRows } from '../../graphql/given-schema.ts'
import { projectUrl } from '../projects/project-url.ts'
import { maskedReleaseUrl, releaseUrl } from '../releases/release-urls.ts'
import type { AssetLinkNode } from './asset-loaders.ts'
import { directUrl } from './link-url.ts'

export const ReleaseAssetLinkType = builder.enumType('ReleaseAssetLinkType', {
  description: 'What a link leads to.',
  values: {
    OTHER: { value: 'other', description: 'Anything else.' },
    RUNBOOK: { value: 'runbook', description: 'Instructions for operators.' },
    PACKAGE: { value: 'package', description: 'A package or binary.' },
    IMAGE: { value: 'image', description: 'A container image.' },
  },
})

const isExternal = (context: Context, { url, release }: AssetLinkNode) =>
  !url.startsWith(projectUrl(context, release.project))

export const ReleaseAssetLink = builder.prismaNode('AssetLink', {
  name: 'ReleaseAssetLink',
  description: 'A link to something that belongs to a release.',
  id: { field: 'id', kept: true, access: 'public', description: 'Global ID: `gid://gitlab/Releases::Link/1`.' },
  include: { release: { include: { project: true } } },
  access: { needs: 'release:read', project: (link) => link.release.project },
  nullable: true,
  findUnique: (id) => ({ id: Number(id) }),
  fields: (t) => ({
    number: t.exposeInt('id', {
      internal: true,
      kept: true,
      nullable: false,
      access: 'public',
      description: 'The number in the global ID.',
    }),
    name: t.exposeString('name', { kept: true, access: 'public', description: 'Name, unique in the release.' }),
    url: t.exposeString('url', {
      kept: true,
      access: 'public',
      description: 'Where the link leads, exactly as it was given.',
    }),
    linkType: t.expose('linkType', {
      type: ReleaseAssetLinkType,
      kept: true,
      access: 'public',
      description: 'What the link leads to.',
    }),
    directAssetPath: t.exposeString('filepath', {
      kept: true,
      access: 'public',
      description: 'The stored path of the permanent URL. Begins with a slash; null when there is none.',
    }),
    directAssetUrl: t.string({
      kept: true,
      access: {
        needs: 'code:read',
        otherwise: (link, _args, context) => directUrl(link, maskedReleaseUrl(context, link.release)),
        instead: 'the permanent URL names the release by its number',
      },
      description: 'Permanent absolute URL that leads to `url`; `url` itself when no path is stored.',
      reads: ['url', 'filepath'],
      resolve: (link, _args, context) => directUrl(link, releaseUrl(context, link.release)),
    }),
    external: t.boolean({
      kept: true,
      access: 'public',
      deprecationReason: 'Every link is external. Compare `url` yourself.',
      description: "Whether `url` is outside of the project's own pages.",
      reads: ['url'],
      resolve: (link, _args, context) => isExternal(context, link),
    }),
  }),
})

givenRows('links', ReleaseAssetLink)
