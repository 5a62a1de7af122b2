import { z } from 'zod'
import { AppError, invalid } from '../foundation/errors.ts'
import { ask } from './graphql.ts'
import type { Target } from './server-connection.ts'

const roleToCreateTag = {
  document: `query role($project: ID!, $tagName: String!) {
    project(fullPath: $project) { roleToCreateTag(tagName: $tagName) }
  }`,
  data: z.object({ project: z.object({ roleToCreateTag: z.string().nullable() }).nullable() }),
}

/** The beginning of the server's refusal, which is GitLab's text. */
const PROTECTED = /^You are not allowed to create this tag/

/** Adds the needed role to the refusal of a protected tag, if the server tells it to the account. */
export async function withNeededRole(error: unknown, { server, project }: Target, tagName: string): Promise<unknown> {
  if (!(error instanceof AppError && PROTECTED.test(error.message))) return error
  const answer = await ask(server, roleToCreateTag, { project, tagName }).catch(() => null)
  if (!answer?.project) return error
  const { roleToCreateTag: role } = answer.project
  const name = role && role.charAt(0) + role.slice(1).toLowerCase()
  const advice = name ? `It takes the role ${name} in ${project}` : 'No role alone may create it'
  return invalid(`${error.message}\n${advice}: a Maintainer sets the protected tags of a project.`)
}
