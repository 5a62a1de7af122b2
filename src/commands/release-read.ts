import { Command, InvalidArgumentError, Option } from 'commander'
import { listDrafts } from '../client/drafts.ts'
import { getRelease, listReleases } from '../client/releases.ts'
import { print } from './output.ts'
import { draftLine, fullText, listLine } from './release-as-text.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 10_000
const MOST_DRAFTS = 100

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

type ListOptions = TargetOptions & { limit: number; drafts?: true }

async function list({ limit, drafts: wantsDrafts, ...options }: ListOptions): Promise<void> {
  if (wantsDrafts) {
    const { drafts, count } = await listDrafts(targetOf(options), Math.min(limit, MOST_DRAFTS))
    print(options, drafts, drafts.map(draftLine).join('\n') || 'There are no drafts that you may see')
    return tellRest(drafts.length, count)
  }
  const { releases, count } = await listReleases(targetOf(options), limit)
  print(options, releases, releases.map(listLine).join('\n') || 'There are no releases')
  tellRest(releases.length, count)
}

function tellRest(shown: number, count: number): void {
  if (count > shown) process.stderr.write(`${shown} of ${count}: more with --limit\n`)
}

function parseLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= MAX_LIMIT) return Number(text)
  throw new InvalidArgumentError(`A number from 1 to ${MAX_LIMIT} is expected.`)
}

export const getCommand = () => withWhich(withTarget(new Command('get').description('Print a release.'))).action(get)

export const listCommand = () =>
  withTarget(new Command('list').description('List releases, the newest first.'))
    .option('--drafts', 'the drafts instead, the newest 100 at most')
    .option('--limit <number>', 'how many at most', parseLimit, DEFAULT_LIMIT)
    .action(list)
