import DataLoader from 'dataloader'
import { perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'

export const projectById = perRequest(
  () =>
    new DataLoader<number, Project | null>(async (ids) => {
      const rows = await db.project.findMany({ where: { id: { in: [...ids] } } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)

export const projectByPath = perRequest(
  (context) =>
    new DataLoader<string, Project | null>(async (paths) => {
      const rows = await db.project.findMany({ where: { fullPath: { in: [...paths] } } })
      for (const row of rows) projectById(context).prime(row.id, row)
      const byPath = new Map(rows.map((row) => [row.fullPath, row]))
      return paths.map((path) => byPath.get(path) ?? null)
    }),
)

export const groupById = perRequest(
  () =>
    new DataLoader<number, Group | null>(async (ids) => {
      const rows = await db.group.findMany({ where: { id: { in: [...ids] } } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)
