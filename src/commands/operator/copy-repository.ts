import type { Visibility } from '../../generated/prisma/enums.ts'
import { assertGit } from '../../git/assert-git.ts'
import { importRepository } from '../../modules/imports/import-repository.ts'
import { pathTaken } from '../../modules/projects/create-project.ts'
import { findProjectAt, getProjectFor } from '../../modules/projects/find-project.ts'
import { asOperator } from './operator-context.ts'

type Values = { name: string | undefined; description: string | undefined; visibility: Visibility | undefined }

/** Creates a project with a copy of the repository. Must run on the server's machine, which stores the repositories. */
export async function copyRepository(source: string, projectPath: string, values: Values) {
  await assertGit()
  return asOperator(async (context) => {
    if (await findProjectAt(projectPath)) throw pathTaken()
    const summary = await importRepository(context, { projectPath, source, ...values })
    const { id, fullPath, name, description, visibility, archived } = await getProjectFor(
      context,
      'project:read',
      projectPath,
    )
    return { id, fullPath, name, description, visibility, archived, import: summary }
  })
}
