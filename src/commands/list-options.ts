import { type Command, InvalidArgumentError } from 'commander'
import type { RowsUpTo } from '../client/all-rows.ts'
import { printable } from '../client/server-connection.ts'
import { print } from './output.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 10_000

function parseLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= MAX_LIMIT) return Number(text)
  throw new InvalidArgumentError(`A number from 1 to ${MAX_LIMIT} is expected.`)
}

export type ListOptions = { limit: number; json?: true }

/** The option of every command that prints a list. */
export const withLimit = (command: Command): Command =>
  command.option('--limit <number>', 'how many at most', parseLimit, DEFAULT_LIMIT)

export type SearchOptions = ListOptions & { search?: string; mine?: true }

export const withSearch = (command: Command): Command =>
  withLimit(command).option('--search <words>', 'only those that have all these words in their names')

/** Prints one line for each row, or what to say when there is none. */
export function printList<Row extends object>(
  options: ListOptions,
  { rows, count }: RowsUpTo<Row>,
  { line, none }: { line: (row: Row) => string; none: string },
): void {
  print(options, rows, rows.map((row) => printable(line(row)).replaceAll('\n', ' ')).join('\n') || none)
  if (count > rows.length) process.stderr.write(`${rows.length} of ${count}: more with --limit\n`)
}
