import { Prisma, type ProjectImport } from '../../generated/prisma/client.ts'
import { table } from '../../rows/table.ts'

const imports = table<ProjectImport>('project_imports', 'pi', {
  fields: Prisma.ProjectImportScalarFieldEnum,
  dates: { startedAt: true, seenAt: true, finishedAt: true },
})

export const importOfProject = imports.by('projectId')
