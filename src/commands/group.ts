import { Command } from 'commander'
import type { Context } from '../context.ts'
import { db } from '../db.ts'
import type { Group, Visibility } from '../generated/prisma/client.ts'
import { createGroup } from '../modules/groups/create-group.ts'
import { findGroupId } from '../modules/groups/group-service.ts'
import { updateGroup } from '../modules/groups/update-group.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, visibilityOption } from './shared-options.ts'

type Options = { name?: string; description?: string; visibility?: Visibility; json?: true }

const shown = ({ id, fullPath, name, description, visibility }: Group) => ({
  id,
  fullPath,
  name,
  description,
  visibility,
})

/** `a/b/c` as the group `a/b` above and the own path `c`; null: at the top. */
export function splitPath(fullPath: string): { above: string | null; path: string } {
  const at = fullPath.lastIndexOf('/')
  return { above: at < 0 ? null : fullPath.slice(0, at), path: fullPath.slice(at + 1) }
}

/** Makes those groups of a path that are missing. */
export async function ensureGroups(context: Context, fullPath: string | null, visibility?: Visibility): Promise<void> {
  if (fullPath === null || (await findGroupId(db, fullPath)) !== null) return
  const { above, path } = splitPath(fullPath)
  await ensureGroups(context, above, visibility)
  await createGroup(context, { parentPath: above, path, visibility })
}

async function create(fullPath: string, { json, ...values }: Options): Promise<void> {
  const group = await asOperator(async (context) => {
    const { above, path } = splitPath(fullPath)
    await ensureGroups(context, above, values.visibility)
    return createGroup(context, { parentPath: above, path, ...values })
  })
  print({ json }, shown(group), `Created the ${group.visibility} group ${group.fullPath}`)
}

async function update(groupPath: string, { json, ...changes }: Options): Promise<void> {
  const group = await asOperator((context) => updateGroup(context, { groupPath, ...changes }))
  print({ json }, shown(group), `Changed the ${group.visibility} group ${group.fullPath}`)
}

const withOptions = (command: Command) =>
  command
    .argument('<path>', 'full path of the group, as group/subgroup')
    .option('--name <name>', 'name shown to people')
    .option('--description <text>', 'what the group is')

export const groupCommand = () =>
  new Command('group')
    .description('Create and change groups.')
    .addCommand(
      withOptions(new Command('create').description('Create a group, and the groups above it that are missing.'))
        .addOption(visibilityOption('who may read it; private by default'))
        .addOption(jsonOption())
        .action(create),
    )
    .addCommand(
      withOptions(new Command('update').description('Change what is given of a group.'))
        .addOption(visibilityOption('who may read it'))
        .addOption(jsonOption())
        .action(update),
    )
