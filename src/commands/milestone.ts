import { Command } from 'commander'
import type { Context } from '../context.ts'
import { db } from '../db.ts'
import { AppError } from '../errors.ts'
import type { Milestone } from '../generated/prisma/client.ts'
import { createMilestone, type MilestoneUpdate, updateMilestone } from '../modules/milestones/write-milestones.ts'
import { getNamespaceFor, idOf } from '../modules/projects/namespace.ts'
import { calendarDate } from '../scalars/time.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, namespaceOf, namespaceOptions, orNull, parseDate } from './shared-options.ts'

type Where = { project?: string; group?: string; json?: true }
type CreateOptions = Where & { description?: string; start?: Date; due?: Date }
type UpdateOptions = Where & { title?: string; description?: string; start?: Date | false; due?: Date | false }

const shown = ({ id, iid, title, state, startDate, dueDate }: Milestone) => ({
  id,
  iid,
  title,
  state,
  startDate: calendarDate(startDate),
  dueDate: calendarDate(dueDate),
})

async function create(title: string, { description, start, due, json, ...where }: CreateOptions): Promise<void> {
  const values = { title, description, startDate: start, dueDate: due }
  const milestone = await asOperator((context) => createMilestone(context, { ...namespaceOf(where), ...values }))
  print({ json }, shown(milestone), `Created milestone ${milestone.title}`)
}

/** People know milestones by their titles, which are unique in a project or group. */
async function getId(context: Context, title: string, where: Where): Promise<number> {
  const namespace = await getNamespaceFor(context, 'milestone:write', namespaceOf(where))
  const milestone = await db.milestone.findFirst({ where: { ...idOf(namespace), title } })
  if (!milestone) throw new AppError('NOT_FOUND', `There is no milestone '${title}'`)
  return milestone.id
}

async function change(title: string, where: Where, changes: Omit<MilestoneUpdate, 'id'>): Promise<void> {
  const milestone = await asOperator(async (context) =>
    updateMilestone(context, { id: await getId(context, title, where), ...changes }),
  )
  print(where, shown(milestone), `Milestone ${milestone.title} is ${milestone.state}`)
}

const update = (title: string, { title: newTitle, description, start, due, ...where }: UpdateOptions) =>
  change(title, where, { title: newTitle, description, startDate: orNull(start), dueDate: orNull(due) })

const command = (name: string, description: string) =>
  namespaceOptions(new Command(name).description(description))
    .argument('<title>', 'title of the milestone')
    .addOption(jsonOption())

const withDates = (to: Command) =>
  to
    .option('--description <text>', 'what it is about')
    .option('--start <date>', 'date on which it begins', parseDate)
    .option('--due <date>', 'date on which it ends', parseDate)

export const milestoneCommand = () =>
  new Command('milestone')
    .description('Create, change, close and reopen milestones of projects and groups.')
    .addCommand(withDates(command('create', 'Create a milestone.')).action(create))
    .addCommand(
      withDates(command('update', 'Change what is given of a milestone.'))
        .option('--title <title>', 'another title')
        .option('--no-start', 'without a date on which it begins')
        .option('--no-due', 'without a date on which it ends')
        .action(update),
    )
    .addCommand(
      command('close', 'Close a milestone.').action((title: string, where: Where) =>
        change(title, where, { state: 'closed' }),
      ),
    )
    .addCommand(
      command('reopen', 'Open a milestone again.').action((title: string, where: Where) =>
        change(title, where, { state: 'active' }),
      ),
    )
