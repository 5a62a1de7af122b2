import { builder } from '../../graphql/builder.ts'
import type { AssetLinkNode } from './asset-loaders.ts'
import { ReleaseAssetLink } from './link-schema.ts'

/** The door has the links already, from a use case or a loader. */
type GivenLinks = { links: readonly AssetLinkNode[] }

builder.queryField('givenLinks', (t) =>
  t.field({
    type: [ReleaseAssetLink],
    internal: true,
    nullable: false,
    description: 'The links that our own door has looked up, or written, for the viewer.',
    resolve: (root) => (root as GivenLinks).links,
  }),
)
