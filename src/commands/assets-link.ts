import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { NewLink } from '../client/releases.ts'

export const linkTypes = ['other', 'runbook', 'image', 'package'] as const

const AssetsLink = z.strictObject({
  name: z.string(),
  url: z.string(),
  direct_asset_path: z.string().optional(),
  filepath: z.string().optional(),
  link_type: z.enum(linkTypes).optional(),
})

const AssetsLinks = z.union([AssetsLink.transform((link) => [link]), z.array(AssetsLink)])

const toLink = ({ name, url, direct_asset_path, filepath, link_type }: z.output<typeof AssetsLink>): NewLink => ({
  name,
  url,
  directAssetPath: direct_asset_path ?? filepath,
  linkType: link_type?.toUpperCase(),
})

const EXPECTED =
  'JSON is expected: {"name": "...", "url": "https://..."} with "direct_asset_path" and ' +
  `"link_type" (${linkTypes.join(', ')}) where wanted, or an array of such objects.`

/** Parses one link or a list of links, in the format of GitLab's release tool. Called once for each use of the flag. */
export function parseAssetsLink(text: string, before: NewLink[] = []): NewLink[] {
  try {
    return [...before, ...AssetsLinks.parse(JSON.parse(text)).map(toLink)]
  } catch {
    throw new InvalidArgumentError(EXPECTED)
  }
}
