import { z } from 'zod'
import { ask, type Operation } from './graphql.ts'
import { missingProject, type Target } from './server-connection.ts'

/** The schema of an answer about one project. */
export const project = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ project: z.object(shape).nullable() })

/** What the server shows of the project. Throws when it shows no such project. */
export async function askProject<Value>(
  target: Target,
  operation: Operation<z.ZodType<{ project: Value | null }>>,
  variables: object = {},
): Promise<Value> {
  const answer = await ask(target.server, operation, { project: target.project, ...variables })
  if (!answer.project) throw missingProject(target)
  return answer.project
}
