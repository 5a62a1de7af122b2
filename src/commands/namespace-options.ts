import { type Command, Option } from 'commander'
import type { Namespace } from '../client/server-connection.ts'
import { type ServerOptions, withServer } from './server-options.ts'
import { UsageError } from './usage-error.ts'

export type NamespaceOptions = ServerOptions & { project?: string; group?: string }

/** The options of a command about a project or group of a server. */
export const withNamespace = (command: Command): Command =>
  withServer(command)
    .addOption(new Option('--project <path>', 'full path of the project').conflicts('group'))
    .option('--group <path>', 'full path of the group, instead of --project')

/** Reads only the options. A pipeline's variable would name a project when a group is meant. */
export function namespaceOf({ project, group }: NamespaceOptions): Namespace {
  if (!project && !group) throw new UsageError('Of which project or group? Give --project or --group')
  return { projectPath: project, groupPath: group }
}
