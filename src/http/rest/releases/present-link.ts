import { z } from 'zod'
import type { LinkFragment } from '../../../generated/documents.ts'
import { presenter } from '../kit/present.ts'

export const linkTypes = ['other', 'runbook', 'image', 'package'] as const

export const LinkBody = z
  .object({
    id: z.int(),
    name: z.string(),
    url: z.string(),
    direct_asset_url: z.string(),
    link_type: z.enum(linkTypes),
  })
  .meta({
    id: 'Link',
    description: 'A link of a release. `direct_asset_url` contains its permanent path, if it has one.',
  })

const present = presenter(LinkBody)

export const toLink = (link: LinkFragment) =>
  present({ ...link, link_type: link.link_type?.toLowerCase() as (typeof linkTypes)[number] })
