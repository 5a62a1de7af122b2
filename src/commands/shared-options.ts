import { type Command, InvalidArgumentError, Option } from 'commander'
import { Visibility } from '../generated/prisma/enums.ts'
import { parseTime } from '../scalars/time.ts'

/** Of every command that prints what it did. */
export const jsonOption = () => new Option('--json', 'print the result as JSON')

export const visibilityOption = (description: string) =>
  new Option('--visibility <who>', description).choices(Object.values(Visibility))

export const namespaceOptions = (command: Command): Command =>
  command
    .addOption(new Option('--project <path>', 'full path of the project').conflicts('group'))
    .option('--group <path>', 'full path of the group, instead of --project')

export const namespaceOf = ({ project, group }: { project?: string; group?: string }) => ({
  projectPath: project,
  groupPath: group,
})

export function parseDate(text: string): Date {
  try {
    return parseTime(text)
  } catch {
    throw new InvalidArgumentError('An ISO 8601 date such as 2026-01-31 is expected.')
  }
}

export function parseNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('A number is expected.')
  return Number(text)
}

/** `--no-due` makes it false: the value is to be taken away. */
export const orNull = <Value>(value: Value | false | undefined): Value | null | undefined =>
  value === false ? null : value
