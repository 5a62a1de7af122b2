import { Command } from 'commander'
import { createUser } from '../modules/users/create-user.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption } from './shared-options.ts'

type Options = { name?: string; email?: string; admin?: true; json?: true }

async function create(username: string, { name, email, admin, json }: Options): Promise<void> {
  const input = { username, name: name ?? username, email: email ?? null, admin: admin ?? false }
  const user = await asOperator((context) => createUser(context, input))
  print({ json }, user, `Created the ${user.admin ? 'administrator' : 'user'} ${user.username}`)
}

export const userCommand = () =>
  new Command('user')
    .description('Create accounts.')
    .addCommand(
      new Command('create')
        .description('Create an account.')
        .argument('<username>', 'unique name, as in URLs and mentions')
        .option('--name <name>', 'name shown to people; the username by default')
        .option('--email <address>', 'e-mail address')
        .option('--admin', 'let it do everything everywhere')
        .addOption(jsonOption())
        .action(create),
    )
