import { Command, Option } from 'commander'
import { listDrafts } from '../client/drafts.ts'
import { getRelease, listReleases } from '../client/releases.ts'
import { type ListOptions, printList, withLimit } from './list-options.ts'
import { print } from './output.ts'
import { draftLine, fullText, listLine } from './release-as-text.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'

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

async function list({ drafts, ...options }: TargetOptions & ListOptions & { drafts?: true }): Promise<void> {
  const target = targetOf(options)
  if (drafts) {
    const found = await listDrafts(target, options.limit)
    return printList(options, found, { line: draftLine, none: 'There are no drafts that you may see' })
  }
  printList(options, await listReleases(target, options.limit), { line: listLine, none: 'There are no releases' })
}

export const getCommand = () => withWhich(withTarget(new Command('get').description('Print a release.'))).action(get)

export const listCommand = () =>
  withLimit(withTarget(new Command('list').description('List releases, the newest first.')))
    .option('--drafts', 'the drafts instead, the newest first')
    .action(list)
