import { Command } from 'commander'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import type { Project } from '../generated/prisma/client.ts'
import { type FreezePeriodNode, freezePeriodsOf, freezeWindowOf, isFrozen } from '../modules/freezes/freeze-loaders.ts'
import { createFreezePeriod, deleteFreezePeriod } from '../modules/freezes/write-freeze-periods.ts'
import { findProject } from '../modules/projects/find-project.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, parseNumber } from './shared-options.ts'

type Where = { project: string }
type Output = { json?: true }
type CreateOptions = Where & Output & { start: string; end: string; timezone?: string }

async function getProject(context: Context, fullPath: string): Promise<Project> {
  const project = await findProject(context, fullPath)
  if (!project) throw new AppError('NOT_FOUND', `Project '${fullPath}' does not exist`)
  return project
}

const shown = ({ id, freezeStart, freezeEnd, cronTimezone }: FreezePeriodNode) => ({
  id,
  freezeStart,
  freezeEnd,
  cronTimezone,
})

const lineOf = ({ id, freezeStart, freezeEnd, cronTimezone }: FreezePeriodNode) =>
  `${id}: ${freezeStart} to ${freezeEnd} (${cronTimezone})`

/** A shell evaluates what this prints: one assignment or nothing. */
const status = ({ project }: Where) =>
  asOperator(async (context) => {
    if (await isFrozen(context, await getProject(context, project))) process.stdout.write('CI_DEPLOY_FREEZE=true\n')
  })

const list = ({ project, json }: Where & Output) =>
  asOperator(async (context) => {
    const periods = await freezePeriodsOf(context, await getProject(context, project))
    const isActive = (period: FreezePeriodNode) => freezeWindowOf(context)(period).active
    const all = periods.map((period) => ({ ...shown(period), active: isActive(period) }))
    const lines = periods.map((period) => `${lineOf(period)}${isActive(period) ? ', active now' : ''}`)
    print({ json }, all, lines.join('\n') || 'There are no freeze periods')
  })

async function create({ project, start, end, timezone, json }: CreateOptions): Promise<void> {
  const input = { projectPath: project, freezeStart: start, freezeEnd: end, cronTimezone: timezone }
  const period = await asOperator((context) => createFreezePeriod(context, input))
  print({ json }, shown(period), `Created freeze period ${lineOf(period)}`)
}

async function remove(id: number, { json }: Output): Promise<void> {
  const period = await asOperator((context) => deleteFreezePeriod(context, { id }))
  print({ json }, shown(period), `Deleted freeze period ${lineOf(period)}`)
}

/** `eval "$(...)"` alone would take a failure for "no freeze". */
const PIPELINE = `
In a pipeline:
  freeze="$(npx waybill freeze status --project group/project)" || exit 1
  eval "$freeze"`

const command = (name: string, description: string) =>
  new Command(name).description(description).requiredOption('--project <path>', 'full path of the project')

export const freezeCommand = () =>
  new Command('freeze')
    .description('Deploy freezes of a project: whether one is active, and the periods that cause them.')
    .addCommand(
      command('status', 'Print CI_DEPLOY_FREEZE=true during a deploy freeze, and nothing otherwise.')
        .addHelpText('after', PIPELINE)
        .action(status),
    )
    .addCommand(command('list', 'Print the freeze periods, oldest first.').addOption(jsonOption()).action(list))
    .addCommand(
      command('create', 'Add a freeze period.')
        .requiredOption('--start <cron>', "when it starts, for example '0 23 * * 5'")
        .requiredOption('--end <cron>', "when it ends, for example '0 7 * * 1'")
        .option('--timezone <name>', 'of both, for example Europe/Berlin; UTC by default')
        .addOption(jsonOption())
        .action(create),
    )
    .addCommand(
      new Command('delete')
        .description('Delete a freeze period.')
        .argument('<id>', 'its number, as list prints it', parseNumber)
        .addOption(jsonOption())
        .action(remove),
    )
