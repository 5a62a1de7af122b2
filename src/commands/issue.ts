import { Command } from 'commander'
import { createIssue, deleteIssue, updateIssue } from '../client/issues.ts'
import { print } from './output.ts'
import { type TargetOptions, targetOf, withTarget } from './release-target.ts'
import { dateOf, orNull, parseDate, parseNumber } from './shared-options.ts'

type CreateOptions = TargetOptions & { description?: string; milestone?: string; due?: Date; confidential?: true }
type UpdateOptions = TargetOptions & {
  title?: string
  description?: string
  milestone?: string | false
  due?: Date | false
  confidential?: boolean
}

async function create(title: string, options: CreateOptions): Promise<void> {
  const { description, milestone, due, confidential } = options
  const target = targetOf(options)
  const issue = await createIssue(target, { title, description, milestone, confidential, dueDate: dateOf(due) })
  print(options, { ...issue, projectPath: target.project }, `Created issue #${issue.iid} of ${target.project}`)
}

async function change(iid: number, options: TargetOptions, changes: object): Promise<void> {
  const target = targetOf(options)
  const issue = await updateIssue(target, iid, changes)
  print(
    options,
    { ...issue, projectPath: target.project },
    `Issue #${issue.iid} of ${target.project} is ${issue.state}`,
  )
}

const update = (iid: number, { due, milestone, title, description, confidential, ...options }: UpdateOptions) =>
  change(iid, options, { title, description, confidential, dueDate: dateOf(orNull(due)), milestone: orNull(milestone) })

async function remove(iid: number, options: TargetOptions): Promise<void> {
  const target = targetOf(options)
  const issue = await deleteIssue(target, iid)
  print(options, { ...issue, projectPath: target.project }, `Deleted issue #${issue.iid} of ${target.project}`)
}

const to = (stateEvent: string) => (iid: number, options: TargetOptions) => change(iid, options, { stateEvent })

const command = (name: string, description: string) => withTarget(new Command(name).description(description))

const ofIssue = (name: string, description: string) =>
  command(name, description).argument('<number>', 'number of the issue within its project', parseNumber)

const withValues = (to: Command) =>
  to
    .option('--description <text>', 'what has to be done')
    .option('--milestone <title>', 'milestone of the project or of its immediate group')
    .option('--due <date>', 'date on which it should be done', parseDate)
    .option('--confidential', 'hide it from all but its author and the roles from planner on')

export const issueCommand = () =>
  new Command('issue')
    .description('Create, change, close, reopen and delete issues.')
    .addCommand(withValues(command('create', 'Create an issue.')).argument('<title>', 'its title').action(create))
    .addCommand(
      withValues(ofIssue('update', 'Change the given values of an issue, or move it to another milestone.'))
        .option('--title <title>', 'another title')
        .option('--no-milestone', 'without a milestone')
        .option('--no-due', 'without a due date')
        .option('--no-confidential', 'show it to everybody who may read the issues')
        .action(update),
    )
    .addCommand(ofIssue('close', 'Close an issue.').action(to('CLOSE')))
    .addCommand(ofIssue('reopen', 'Open an issue again.').action(to('REOPEN')))
    .addCommand(ofIssue('delete', 'Delete an issue. Needs the role Owner.').action(remove))
