import { Command } from 'commander'
import { createMilestone, deleteMilestone, updateMilestone } from '../client/milestones.ts'
import { type NamespaceOptions, namespaceOf, withNamespace } from './namespace-options.ts'
import { print } from './output.ts'
import { serverOf } from './server-options.ts'
import { dateOf, orNull, parseDate } from './shared-options.ts'

type CreateOptions = NamespaceOptions & { description?: string; start?: Date; due?: Date }
type UpdateOptions = NamespaceOptions & {
  title?: string
  description?: string
  start?: Date | false
  due?: Date | false
}

async function create(title: string, options: CreateOptions): Promise<void> {
  const { description, start, due } = options
  const values = { title, description, startDate: dateOf(start), dueDate: dateOf(due) }
  const milestone = await createMilestone(serverOf(options), namespaceOf(options), values)
  print(options, milestone, `Created milestone ${milestone.title}`)
}

async function change(title: string, options: NamespaceOptions, changes: object): Promise<void> {
  const milestone = await updateMilestone(serverOf(options), namespaceOf(options), title, changes)
  print(options, milestone, `Milestone ${milestone.title} is ${milestone.state}`)
}

const update = (title: string, { title: newTitle, description, start, due, ...options }: UpdateOptions) =>
  change(title, options, {
    title: newTitle,
    description,
    startDate: dateOf(orNull(start)),
    dueDate: dateOf(orNull(due)),
  })

async function remove(title: string, options: NamespaceOptions): Promise<void> {
  const milestone = await deleteMilestone(serverOf(options), namespaceOf(options), title)
  print(options, milestone, `Deleted milestone ${milestone.title}`)
}

const to = (stateEvent: string) => (title: string, options: NamespaceOptions) => change(title, options, { stateEvent })

const command = (name: string, description: string) =>
  withNamespace(new Command(name).description(description)).argument('<title>', 'title of the milestone')

const withDates = (to: Command) =>
  to
    .option('--description <text>', 'what it is about')
    .option('--start <date>', 'date on which it begins', parseDate)
    .option('--due <date>', 'date on which it ends', parseDate)

export const milestoneCommand = () =>
  new Command('milestone')
    .description('Create, change, close, reopen and delete milestones of projects and groups.')
    .addCommand(withDates(command('create', 'Create a milestone.')).action(create))
    .addCommand(
      withDates(command('update', 'Change the given values of a milestone.'))
        .option('--title <title>', 'another title')
        .option('--no-start', 'without a date on which it begins')
        .option('--no-due', 'without a date on which it ends')
        .action(update),
    )
    .addCommand(command('close', 'Close a milestone.').action(to('CLOSE')))
    .addCommand(command('reopen', 'Open a milestone again.').action(to('ACTIVATE')))
    .addCommand(command('delete', 'Delete a milestone. Its issues and releases stay.').action(remove))
