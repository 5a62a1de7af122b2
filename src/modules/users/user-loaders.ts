import DataLoader from 'dataloader'
import { perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import type { User } from '../../generated/prisma/client.ts'

export const userById = perRequest(
  () =>
    new DataLoader<number, User | null>(async (ids) => {
      const rows = await db.user.findMany({ where: { id: { in: [...ids] } } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)

export const userByEmail = perRequest(
  () =>
    new DataLoader<string, User | null>(async (emails) => {
      const rows = await db.user.findMany({ where: { email: { in: [...emails] } } })
      const byEmail = new Map(rows.map((row) => [row.email, row]))
      return emails.map((email) => byEmail.get(email) ?? null)
    }),
)
