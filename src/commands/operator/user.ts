import { Command } from 'commander'
import { listUsers, type User } from '../../client/finding.ts'
import { blockUser, unblockUser } from '../../modules/accounts/block-user.ts'
import { deleteUser } from '../../modules/accounts/delete-user.ts'
import { linkIdentity } from '../../modules/accounts/link-identity.ts'
import { createUser } from '../../modules/users/create-user.ts'
import { updateUser } from '../../modules/users/update-user.ts'
import { printList, type SearchOptions, withSearch } from '../list-options.ts'
import { print } from '../output.ts'
import { type ServerOptions, serverOf, withServer } from '../server-options.ts'
import { jsonOption } from '../shared-options.ts'
import { asOperator } from './operator-context.ts'
import { userEnding, userExport } from './user-endings.ts'

type CreateOptions = { name?: string; email?: string; admin?: true; avatarUrl?: string; json?: true }
type SetOptions = { avatarUrl: string; json?: true }

async function create(username: string, { name, email, admin, avatarUrl, json }: CreateOptions): Promise<void> {
  const input = {
    username,
    name: name ?? username,
    email: email ?? null,
    admin: admin ?? false,
    avatarUrl: avatarUrl ?? null,
  }
  const user = await asOperator((context) => createUser(context, input))
  print({ json }, user, `Created the ${user.admin ? 'administrator' : 'user'} ${user.username}`)
}

async function set(username: string, { avatarUrl, json }: SetOptions): Promise<void> {
  const user = await asOperator((context) => updateUser(context, { username, avatarUrl: avatarUrl || null }))
  print(
    { json },
    user,
    user.avatarUrl ? `The picture of ${user.username} is ${user.avatarUrl}` : `${user.username} has no picture`,
  )
}

type LinkOptions = { issuer: string; subject: string; json?: true }

async function link(username: string, { json, ...identity }: LinkOptions): Promise<void> {
  const user = await asOperator((context) => linkIdentity(context, { username, ...identity }))
  print({ json }, user, `${identity.subject} signs in as ${user.username}`)
}

async function list(options: ServerOptions & SearchOptions): Promise<void> {
  const line = ({ username, name, state }: User) => [username, name, state === 'active' ? [] : state].flat().join('\t')
  printList(options, await listUsers(serverOf(options), options), { line, none: 'There are no accounts' })
}

export const userCommand = () =>
  new Command('user')
    .description('Create, change, list, link, block and delete accounts.')
    .addCommand(
      new Command('create')
        .description('Create an account.')
        .argument('<username>', 'unique name, as in URLs and mentions')
        .option('--name <name>', 'name shown to people; the username by default')
        .option('--email <address>', 'e-mail address')
        .option('--avatar-url <url>', 'picture, an http(s) URL')
        .option('--admin', 'let it do everything everywhere')
        .addOption(jsonOption())
        .action(create),
    )
    .addCommand(
      new Command('set')
        .description('Change an account.')
        .argument('<username>', 'the account')
        .requiredOption('--avatar-url <url>', "picture, an http(s) URL; '' takes it away")
        .addOption(jsonOption())
        .action(set),
    )
    .addCommand(
      withSearch(
        withServer(new Command('list').description('List accounts, the newest first. Asks a server, with a token.')),
      ).action(list),
    )
    .addCommand(
      new Command('link')
        .description('Let a person at the OpenID Connect provider sign in as an account.')
        .argument('<username>', 'the account')
        .requiredOption('--issuer <url>', 'the provider, as OIDC_ISSUER names it')
        .requiredOption('--subject <subject>', 'the person, as the page says that refuses the sign-in')
        .addOption(jsonOption())
        .action(link),
    )
    .addCommand(userEnding('block', 'Refuse all tokens of an account, at once and on every server.', blockUser))
    .addCommand(userEnding('unblock', 'Let a blocked account act again.', unblockUser))
    .addCommand(userEnding('delete', 'Delete an account. What it wrote stays, by a ghost.', deleteUser))
    .addCommand(userExport())
