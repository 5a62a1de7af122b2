import { Command } from 'commander'
import {
  createFreezePeriod,
  deleteFreezePeriod,
  type FreezePeriod,
  isFrozen,
  listFreezePeriods,
} from '../client/freezes.ts'
import { print } from './output.ts'
import { type TargetOptions, targetOf, withTarget } from './release-target.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { parseNumber } from './shared-options.ts'

type CreateOptions = TargetOptions & { start: string; end: string; timezone?: string }

const lineOf = ({ id, freezeStart, freezeEnd, cronTimezone }: FreezePeriod) =>
  `${id}: ${freezeStart} to ${freezeEnd} (${cronTimezone})`

/** Prints one assignment or nothing, because a shell evaluates the output. */
async function status(options: TargetOptions): Promise<void> {
  const frozen = await isFrozen(targetOf(options))
  const line = frozen ? 'CI_DEPLOY_FREEZE=true\n' : ''
  process.stdout.write(options.json ? `${JSON.stringify({ frozen })}\n` : line)
}

async function list(options: TargetOptions): Promise<void> {
  const periods = await listFreezePeriods(targetOf(options))
  const lines = periods.map((period) => `${lineOf(period)}${period.active ? ', active now' : ''}`)
  print(options, periods, lines.join('\n') || 'There are no freeze periods')
}

async function create(options: CreateOptions): Promise<void> {
  const { start, end, timezone } = options
  const input = { freezeStart: start, freezeEnd: end, cronTimezone: timezone }
  const period = await createFreezePeriod(targetOf(options), input)
  print(options, period, `Created freeze period ${lineOf(period)}`)
}

async function remove(id: number, options: ServerOptions): Promise<void> {
  const period = await deleteFreezePeriod(serverOf(options), id)
  print(options, period, `Deleted freeze period ${lineOf(period)}`)
}

/** The example uses two steps, because `eval "$(...)"` alone would take a failure for "no freeze". */
const PIPELINE = `
In a pipeline:
  freeze="$(node waybill.mjs freeze status --project group/project)" || exit 1
  eval "$freeze"`

const command = (name: string, description: string) => withTarget(new Command(name).description(description))

export const freezeCommand = () =>
  new Command('freeze')
    .description('Deploy freezes of a project: whether one is active, and the periods that cause them.')
    .addCommand(
      command('status', 'Print CI_DEPLOY_FREEZE=true during a deploy freeze, and nothing otherwise.')
        .addHelpText('after', PIPELINE)
        .action(status),
    )
    .addCommand(command('list', 'Print the freeze periods, oldest first.').action(list))
    .addCommand(
      command('create', 'Add a freeze period.')
        .requiredOption('--start <cron>', "when it starts, for example '0 23 * * 5'")
        .requiredOption('--end <cron>', "when it ends, for example '0 7 * * 1'")
        .option('--timezone <name>', 'the time zone of both, for example Europe/Berlin; UTC by default')
        .action(create),
    )
    .addCommand(
      withServer(new Command('delete').description('Delete a freeze period.'))
        .argument('<id>', 'its number, as list prints it', parseNumber)
        .action(remove),
    )
