import { Command } from 'commander'
import { listGroups } from '../client/finding.ts'
import {
  createGroup,
  type Group,
  type GroupChanges,
  type NamespaceValues,
  transferGroup,
  updateGroup,
} from '../client/namespaces.ts'
import { deleteCommand, deletedCommand, restoreCommand } from './deletion-commands.ts'
import { printList, type SearchOptions, withSearch } from './list-options.ts'
import { print } from './output.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { visibilityOption } from './shared-options.ts'

type Options = ServerOptions & NamespaceValues

const valuesOf = ({ name, description, visibility }: NamespaceValues) => ({ name, description, visibility })

async function create(fullPath: string, options: Options): Promise<void> {
  const group = await createGroup(serverOf(options), fullPath, valuesOf(options))
  print(options, group, `Created the ${group.visibility} group ${group.fullPath}`)
}

async function update(fullPath: string, options: ServerOptions & GroupChanges): Promise<void> {
  const group = await updateGroup(serverOf(options), fullPath, { ...valuesOf(options), path: options.path })
  print(options, group, `Changed the ${group.visibility} group ${group.fullPath}`)
}

async function transfer(fullPath: string, options: ServerOptions & { to?: string }): Promise<void> {
  const group = await transferGroup(serverOf(options), fullPath, options.to)
  print(options, group, `Moved the group ${fullPath} to ${group.fullPath}`)
}

async function list(options: ServerOptions & SearchOptions): Promise<void> {
  const line = ({ fullPath, visibility, name }: Group) => `${fullPath}\t${visibility}\t${name}`
  printList(options, await listGroups(serverOf(options), options), { line, none: 'There are no groups' })
}

const pathArgument = ['<path>', 'full path of the group, as group/subgroup'] as const

const withOptions = (command: Command) =>
  withServer(command)
    .argument(...pathArgument)
    .option('--name <name>', 'name shown to people')
    .option('--description <text>', 'what the group is')

export const groupCommand = () =>
  new Command('group')
    .description('Create, change, move, list, delete and restore groups.')
    .addCommand(
      withOptions(new Command('create').description('Create a group, and the missing groups above it.'))
        .addOption(visibilityOption('who may read it; private by default'))
        .action(create),
    )
    .addCommand(
      withOptions(new Command('update').description('Change the given values of a group.'))
        .option('--path <path>', 'its path in the group above it; everything below moves along')
        .addOption(visibilityOption('who may read it'))
        .action(update),
    )
    .addCommand(
      withServer(new Command('transfer').description('Move a group, with everything below it, to another group.'))
        .argument(...pathArgument)
        .option('--to <group>', 'full path of the group that it moves to; without it, the group moves to the top')
        .action(transfer),
    )
    .addCommand(
      withSearch(withServer(new Command('list').description('List the groups that you may read, by name.')))
        .option('--mine', 'only groups where you have a role')
        .action(list),
    )
    .addCommand(deleteCommand('group'))
    .addCommand(restoreCommand('group'))
    .addCommand(deletedCommand('group'))
