import { Command } from 'commander'
import { type Branch, createBranch, createTag, deleteTag, type Tag } from '../client/refs.ts'
import { print } from './output.ts'
import { type TargetOptions, targetOf, withTarget } from './release-target.ts'

type CreateOptions = TargetOptions & { ref: string }

const createdLine = (kind: string, { name, commit }: Tag | Branch) =>
  `Created the ${kind} ${name}${commit ? ` at ${commit.sha}` : ''}`

async function addTag(name: string, { ref, message, ...options }: CreateOptions & { message?: string }): Promise<void> {
  const tag = await createTag(targetOf(options), { name, ref, message })
  print(options, tag, createdLine('tag', tag))
}

async function removeTag(name: string, options: TargetOptions): Promise<void> {
  const tag = await deleteTag(targetOf(options), name)
  print(options, tag, `Deleted the tag ${tag.name}`)
}

async function addBranch(name: string, { ref, ...options }: CreateOptions): Promise<void> {
  const branch = await createBranch(targetOf(options), { name, ref })
  print(options, branch, createdLine('branch', branch))
}

const command = (name: string, description: string) => withTarget(new Command(name).description(description))

export const tagCommand = () =>
  new Command('tag')
    .description('Create and delete tags of a project.')
    .addCommand(
      command('create', 'Create a tag without a release. Needs the right to create it.')
        .argument('<name>', 'name of the tag')
        .requiredOption('--ref <ref>', 'branch, tag or commit that it points to')
        .option('--message <text>', 'makes the tag annotated')
        .action(addTag),
    )
    .addCommand(
      command('delete', 'Delete a tag and its release. Needs the role Maintainer when it has one.')
        .argument('<name>', 'name of the tag')
        .action(removeTag),
    )

export const branchCommand = () =>
  new Command('branch')
    .description('Create branches of a project.')
    .addCommand(
      command('create', 'Create a branch.')
        .argument('<name>', 'name of the branch')
        .requiredOption('--ref <ref>', 'branch, tag or commit that it begins at')
        .action(addBranch),
    )
