import { z } from 'zod'
import { createRepositories } from '../../git/open-repositories.ts'
import { runImport } from '../../modules/imports/run-import.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ projectId: z.int() })

/** Brings a project along from another server. */
export async function importProjectTask(payload: unknown, { repositoriesDir, ...parts }: TaskParts): Promise<void> {
  const { projectId } = Payload.parse(payload)
  const repositories = createRepositories({ directory: repositoriesDir, log: parts.log })
  try {
    await runImport(projectId, { ...parts, repositories })
  } finally {
    await repositories.close()
  }
}
