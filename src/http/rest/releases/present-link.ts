import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { LinkFragment } from '../../../generated/documents.ts'
import type { AssetLinkNode } from '../../../modules/assets/asset-loaders.ts'
import { present } from '../kit/present.ts'
import { shownLinks } from './release-documents.ts'

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

type Body = z.output<typeof LinkBody>

export const toLink = (link: LinkFragment): Body =>
  present<Body>({ ...link, link_type: link.link_type?.toLowerCase() as Body['link_type'] })

export async function presentLinks(context: Context, links: readonly AssetLinkNode[]): Promise<Body[]> {
  const shown = await shownLinks(context, {}, { links })
  return shown.links.map(toLink)
}

export async function presentLink(context: Context, link: AssetLinkNode): Promise<Body | undefined> {
  const [shown] = await presentLinks(context, [link])
  return shown
}
