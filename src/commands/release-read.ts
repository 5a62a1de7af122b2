import { Command, InvalidArgumentError, Option } from 'commander'
import { getRelease, listReleases } from '../client/releases.ts'
import { print } from './output.ts'
import { fullText, listLine } from './release-as-text.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 10_000

export type WhichOptions = TagOptions & { latest?: true }

/** `--latest` takes precedence over a variable of the pipeline. */
export const whichTag = ({ latest, ...options }: WhichOptions): string | null => (latest ? null : tagOf(options))

export const withWhich = (command: Command): Command =>
  withTag(command).addOption(
    new Option('--latest', 'the latest published release, instead of a tag').conflicts('tagName'),
  )

async function get(options: TargetOptions & WhichOptions): Promise<void> {
  const release = await getRelease(targetOf(options), whichTag(options))
  print(options, release, fullText(release))
}

async function list({ limit, ...options }: TargetOptions & { limit: number }): Promise<void> {
  const { releases, count } = await listReleases(targetOf(options), limit)
  print(options, releases, releases.map(listLine).join('\n') || 'There are no releases')
  if (count > releases.length) process.stderr.write(`${releases.length} of ${count}: more with --limit\n`)
}

function parseLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= MAX_LIMIT) return Number(text)
  throw new InvalidArgumentError(`A number from 1 to ${MAX_LIMIT} is expected.`)
}

export const getCommand = () => withWhich(withTarget(new Command('get').description('Print a release.'))).action(get)

export const listCommand = () =>
  withTarget(new Command('list').description('List releases, the newest first.'))
    .option('--limit <number>', 'how many at most', parseLimit, DEFAULT_LIMIT)
    .action(list)
