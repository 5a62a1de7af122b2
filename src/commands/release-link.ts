import { Command, Option } from 'commander'
import { addLink, removeLink } from '../client/releases.ts'
import { linkTypes } from './assets-link.ts'
import { print } from './output.ts'
import { linkLine } from './release-as-text.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'

type Options = TargetOptions & TagOptions & { name: string }
type AddOptions = Options & { url: string; linkType?: string; directAssetPath?: string }

async function add({ name, url, linkType, directAssetPath, ...options }: AddOptions): Promise<void> {
  const link = await addLink(targetOf(options), tagOf(options), {
    name,
    url,
    linkType: linkType?.toUpperCase(),
    directAssetPath,
  })
  print(options, link, `Added ${linkLine(link)}`)
}

async function remove({ name, ...options }: Options): Promise<void> {
  const link = await removeLink(targetOf(options), tagOf(options), name)
  print(options, link, `Removed ${linkLine(link)}`)
}

const command = (name: string, description: string) =>
  withTag(withTarget(new Command(name).description(description))).requiredOption('--name <name>', 'name of the link')

export const linkCommand = () =>
  new Command('link')
    .description('Add and remove what can be downloaded of a release.')
    .addCommand(
      command('add', 'Add a link to a release.')
        .requiredOption('--url <url>', 'where it leads')
        .addOption(new Option('--link-type <type>', 'what it leads to; other by default').choices(linkTypes))
        .option('--direct-asset-path <path>', 'path of its permanent URL, such as /bin/linux-x64')
        .action(add),
    )
    .addCommand(command('remove', 'Remove the link of that name from a release.').action(remove))
