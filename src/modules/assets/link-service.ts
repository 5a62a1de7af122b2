import type { Tx } from '../../db.ts'
import type { AssetLink, Prisma } from '../../generated/prisma/client.ts'

export type LinkCreate = Pick<
  Prisma.AssetLinkUncheckedCreateInput,
  'releaseId' | 'name' | 'url' | 'filepath' | 'linkType'
>

export function createLink(tx: Tx, input: LinkCreate): Promise<AssetLink> {
  return tx.assetLink.create({ data: input })
}
