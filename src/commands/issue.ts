import { Command } from 'commander'
import type { IssueNode } from '../modules/issues/issue-policy.ts'
import { createIssue, type IssueUpdate, updateIssue } from '../modules/issues/write-issues.ts'
import { calendarDate } from '../scalars/time.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, orNull, parseDate, parseNumber } from './shared-options.ts'

type Where = { project: string; json?: true }
type CreateOptions = Where & { description?: string; milestone?: string; due?: Date; confidential?: true }
type UpdateOptions = Where & {
  title?: string
  description?: string
  milestone?: string | false
  due?: Date | false
  confidential?: boolean
}

const shown = ({ id, iid, title, state, confidential, milestoneId, dueDate, project }: IssueNode) => ({
  id,
  projectPath: project.fullPath,
  iid,
  title,
  state,
  confidential,
  milestoneId,
  dueDate: calendarDate(dueDate),
})

async function create(title: string, { project, due, json, ...values }: CreateOptions): Promise<void> {
  const input = { projectPath: project, title, dueDate: due, ...values }
  const issue = await asOperator((context) => createIssue(context, input))
  print({ json }, shown(issue), `Created issue #${issue.iid} of ${project}`)
}

type Changes = Omit<IssueUpdate, 'projectPath' | 'iid'>

async function change(iid: number, { project, json }: Where, changes: Changes): Promise<void> {
  const issue = await asOperator((context) => updateIssue(context, { projectPath: project, iid, ...changes }))
  print({ json }, shown(issue), `Issue #${issue.iid} of ${project} is ${issue.state}`)
}

const update = (iid: number, { due, milestone, title, description, confidential, ...where }: UpdateOptions) =>
  change(iid, where, { title, description, confidential, dueDate: orNull(due), milestone: orNull(milestone) })

const command = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .requiredOption('--project <path>', 'full path of the project')
    .addOption(jsonOption())

const ofIssue = (name: string, description: string) =>
  command(name, description).argument('<number>', 'number of the issue within its project', parseNumber)

const withValues = (to: Command) =>
  to
    .option('--description <text>', 'what is to do')
    .option('--milestone <title>', 'milestone of the project or of its immediate group')
    .option('--due <date>', 'date on which it should be done', parseDate)
    .option('--confidential', 'hide it from all but its author and the roles from planner on')

export const issueCommand = () =>
  new Command('issue')
    .description('Create, change, close and reopen issues.')
    .addCommand(withValues(command('create', 'Create an issue.')).argument('<title>', 'its title').action(create))
    .addCommand(
      withValues(ofIssue('update', 'Change what is given of an issue, or move it to another milestone.'))
        .option('--title <title>', 'another title')
        .option('--no-milestone', 'without a milestone')
        .option('--no-due', 'without a due date')
        .option('--no-confidential', 'show it to everybody who may read the issues')
        .action(update),
    )
    .addCommand(
      ofIssue('close', 'Close an issue.').action((iid: number, where: Where) =>
        change(iid, where, { state: 'closed' }),
      ),
    )
    .addCommand(
      ofIssue('reopen', 'Open an issue again.').action((iid: number, where: Where) =>
        change(iid, where, { state: 'opened' }),
      ),
    )
