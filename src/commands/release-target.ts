import type { Command } from 'commander'
import type { Target } from '../client/server-connection.ts'
import { environment, type ServerOptions, serverOf, withServer } from './server-options.ts'
import { UsageError } from './usage-error.ts'

export type TargetOptions = ServerOptions & { project?: string }
export type TagOptions = { tagName?: string }

/** The options of a command about one project of a server. */
export const withTarget = (command: Command): Command =>
  withServer(command).option('--project <path>', 'full path of the project (CI_PROJECT_PATH)')

export const withTag = (command: Command): Command =>
  command.option('--tag, --tag-name <tag>', 'tag of the release (CI_COMMIT_TAG)')

export function projectOf({ project: given }: TargetOptions): string {
  const project = given || environment('CI_PROJECT_PATH')
  if (!project) throw new UsageError('Which project? Give --project group/project')
  return project
}

export const targetOf = (options: TargetOptions): Target => ({ server: serverOf(options), project: projectOf(options) })

export function tagOf({ tagName }: TagOptions): string {
  const tag = tagName || environment('CI_COMMIT_TAG')
  if (!tag) throw new UsageError('Which release? Give --tag-name')
  return tag
}
