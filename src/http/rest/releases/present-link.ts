import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { AssetLinkNode } from '../../../modules/assets/asset-loaders.ts'
import { directUrl } from '../../../modules/assets/link-url.ts'
import { maskedReleaseUrl, releaseUrl } from '../../../modules/releases/release-urls.ts'

export const linkTypes = ['other', 'runbook', 'image', 'package'] as const

export const LinkBody = z
  .object({
    id: z.int(),
    name: z.string(),
    url: z.string(),
    direct_asset_url: z.string(),
    link_type: z.enum(linkTypes),
  })
  .meta({ id: 'Link', description: 'A link of a release; the stored path is part of `direct_asset_url`.' })

export function presentLink(context: Context, link: AssetLinkNode): z.output<typeof LinkBody> {
  const { release } = link
  const readsCode = can(context.viewer, 'code:read', release.project)
  return {
    id: link.id,
    name: link.name,
    url: link.url,
    direct_asset_url: directUrl(link, (readsCode ? releaseUrl : maskedReleaseUrl)(context, release)),
    link_type: link.linkType,
  }
}
