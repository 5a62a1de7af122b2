import { columnsOf } from '../../connections/columns.ts'
import { readRows, reviver } from '../../connections/json-rows.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'

const dates = { createdAt: true, updatedAt: true } as const
const reviveProject = reviver<Project>(dates)
const reviveGroup = reviver<Group>(dates)

const projects = Prisma.sql`SELECT ${columnsOf('p', Prisma.ProjectScalarFieldEnum)} FROM projects p`
const groups = Prisma.sql`SELECT ${columnsOf('g', Prisma.GroupScalarFieldEnum)} FROM groups g`

export const projectById = uniqueLoader<Project, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${projects} WHERE p.id = ANY (${ids}::int[])`, reviveProject),
)

export const projectByPath = uniqueLoader<Project, 'fullPath'>('fullPath', (paths) =>
  readRows(Prisma.sql`${projects} WHERE p.full_path = ANY (${paths}::text[])`, reviveProject),
)

export const groupById = uniqueLoader<Group, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${groups} WHERE g.id = ANY (${ids}::int[])`, reviveGroup),
)

export const groupByPath = uniqueLoader<Group, 'fullPath'>('fullPath', (paths) =>
  readRows(Prisma.sql`${groups} WHERE g.full_path = ANY (${paths}::text[])`, reviveGroup),
)
