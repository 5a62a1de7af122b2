import { db } from '../../database/db.ts'

/** The link with this number, and its release. Null when no release of the project (or with the tag) has the link. */
export const findLink = (id: number, release: { projectId: number; tag?: string }) =>
  db.assetLink.findFirst({ where: { id, release }, include: { release: true } })
