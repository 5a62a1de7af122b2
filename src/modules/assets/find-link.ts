import { db } from '../../database/db.ts'

/** The link of that number, with its release; null when no such release has it. */
export const findLink = (id: number, release: { projectId: number; tag?: string }) =>
  db.assetLink.findFirst({ where: { id, release }, include: { release: true } })
