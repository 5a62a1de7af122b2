import { perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'

export const projectById = perRequest(() =>
  uniqueLoader<Project, 'id'>('id', (ids) => db.project.findMany({ where: { id: { in: ids } } })),
)

export const projectByPath = perRequest((context) =>
  uniqueLoader<Project, 'fullPath'>('fullPath', async (paths) => {
    const rows = await db.project.findMany({ where: { fullPath: { in: paths } } })
    for (const row of rows) projectById(context).prime(row.id, row)
    return rows
  }),
)

export const groupById = perRequest(() =>
  uniqueLoader<Group, 'id'>('id', (ids) => db.group.findMany({ where: { id: { in: ids } } })),
)
