import { splitPath, splitProjectPath } from '../../client/namespaces.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { assertGit } from '../../git/assert-git.ts'
import { mirrorRepository } from '../../git/repositories.ts'
import { createGroup } from '../../modules/groups/create-group.ts'
import { findGroupId } from '../../modules/groups/group-service.ts'
import { importRepository } from '../../modules/imports/import-repository.ts'
import { makeProject } from '../../modules/projects/create-project.ts'
import { asOperator } from './operator-context.ts'

type Values = { name: string | undefined; description: string | undefined; visibility: Visibility | undefined }

/** Creates the missing groups of a path. */
async function ensureGroups(
  context: Context,
  fullPath: string | null,
  visibility: Values['visibility'],
): Promise<void> {
  if (fullPath === null || (await findGroupId(db, fullPath)) !== null) return
  const { above, path } = splitPath(fullPath)
  await ensureGroups(context, above, visibility)
  await createGroup(context, { parentPath: above, path, visibility })
}

/** Creates a project with a copy of the repository. Must run on the server's machine, which stores the repositories. */
export async function copyRepository(source: string, fullPath: string, values: Values) {
  const { above, path } = splitProjectPath(fullPath)
  await assertGit()
  return asOperator(async (context, { repositoriesDir }) => {
    await ensureGroups(context, above, values.visibility)
    const input = { groupPath: above, path, ...values }
    const made = await makeProject(context, input, (directory) => mirrorRepository(source, directory))
    const summary = await importRepository({ projectPath: made.fullPath, source, repositoriesDir })
    const { id, name, description, visibility, archived } = made
    return { id, fullPath: made.fullPath, name, description, visibility, archived, import: summary }
  })
}
