import { Command } from 'commander'
import { createGroup, type NamespaceValues, updateGroup } from '../client/namespaces.ts'
import { deleteCommand, deletedCommand, restoreCommand } from './deletion-commands.ts'
import { print } from './output.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { visibilityOption } from './shared-options.ts'

type Options = ServerOptions & NamespaceValues

const valuesOf = ({ name, description, visibility }: NamespaceValues) => ({ name, description, visibility })

async function create(fullPath: string, options: Options): Promise<void> {
  const group = await createGroup(serverOf(options), fullPath, valuesOf(options))
  print(options, group, `Created the ${group.visibility} group ${group.fullPath}`)
}

async function update(fullPath: string, options: Options): Promise<void> {
  const group = await updateGroup(serverOf(options), fullPath, valuesOf(options))
  print(options, group, `Changed the ${group.visibility} group ${group.fullPath}`)
}

const withOptions = (command: Command) =>
  withServer(command)
    .argument('<path>', 'full path of the group, as group/subgroup')
    .option('--name <name>', 'name shown to people')
    .option('--description <text>', 'what the group is')

export const groupCommand = () =>
  new Command('group')
    .description('Create, change, delete and restore groups.')
    .addCommand(
      withOptions(new Command('create').description('Create a group, and the missing groups above it.'))
        .addOption(visibilityOption('who may read it; private by default'))
        .action(create),
    )
    .addCommand(
      withOptions(new Command('update').description('Change the given values of a group.'))
        .addOption(visibilityOption('who may read it'))
        .action(update),
    )
    .addCommand(deleteCommand('group'))
    .addCommand(restoreCommand('group'))
    .addCommand(deletedCommand('group'))
