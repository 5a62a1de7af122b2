import type { AssetLink } from '../../generated/prisma/client.ts'
import { encodedPath } from '../releases/release-urls.ts'

/** A URL below the release's page, permanent while the stored path stays. Without a stored path: the URL of the target. */
export const directUrl = (link: Pick<AssetLink, 'filepath' | 'url'>, releasePage: string): string =>
  link.filepath ? `${releasePage}/downloads${encodedPath(link.filepath)}` : link.url
