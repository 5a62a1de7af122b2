import type { AssetLink } from '../../generated/prisma/client.ts'
import { encodedPath } from '../releases/release-urls.ts'

/** Behind the URL of the release's page. Permanent while the stored path stays; without one, the target itself. */
export const directUrl = (link: Pick<AssetLink, 'filepath' | 'url'>, releasePage: string): string =>
  link.filepath ? `${releasePage}/downloads${encodedPath(link.filepath)}` : link.url
