import { Command, Option } from 'commander'
import { TokenScope } from '../generated/prisma/enums.ts'
import {
  type AccessTokenRow,
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from '../modules/access/access-tokens.ts'
import { getUser } from '../modules/users/find-user.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, parseDate, parseNumber } from './shared-options.ts'

type CreateOptions = { user: string; name: string; scope: TokenScope; expires?: Date; json?: true }
type ListOptions = { user: string; json?: true }

const shown = ({ id, name, scopes, expiresAt, revokedAt, createdAt }: AccessTokenRow) => ({
  id,
  name,
  scopes,
  expiresAt,
  revokedAt,
  createdAt,
})

async function create({ user: username, name, scope, expires: expiresAt, json }: CreateOptions): Promise<void> {
  const input = { username, name, scopes: [scope], expiresAt }
  const { token, accessToken } = await asOperator((context) => createAccessToken(context, input))
  // The token alone, so that a script can take it as it is.
  print({ json }, { ...shown(accessToken), username, token }, token)
}

async function revoke(id: number, options: { json?: true }): Promise<void> {
  const token = await asOperator((context) => revokeAccessToken(context, { id }))
  print(options, shown(token), `Revoked access token ${token.id} (${token.name})`)
}

async function list({ user: username, json }: ListOptions): Promise<void> {
  const tokens = await asOperator(async () => listAccessTokens((await getUser(username)).id))
  const lines = tokens.map(({ id, name, scopes }) => `${id}\t${scopes.join(',')}\t${name}`)
  print({ json }, tokens.map(shown), lines.join('\n') || 'none')
}

const userOption = () => new Option('--user <username>', 'whose token').makeOptionMandatory()

export const tokenCommand = () =>
  new Command('token')
    .description('Create, list and revoke access tokens.')
    .addCommand(
      new Command('create')
        .description('Create an access token and print it; it is not shown again.')
        .addOption(userOption())
        .option('--name <name>', 'what it is for', 'command line')
        .addOption(new Option('--scope <scope>', 'what it allows').choices(Object.values(TokenScope)).default('api'))
        .option('--expires <date>', 'when it ends; never by default', parseDate)
        .addOption(jsonOption())
        .action(create),
    )
    .addCommand(
      new Command('list')
        .description('List the access tokens of a user that still work, without the tokens themselves.')
        .addOption(userOption())
        .addOption(jsonOption())
        .action(list),
    )
    .addCommand(
      new Command('revoke')
        .description('Revoke an access token at once.')
        .argument('<id>', 'number of the token, as `token list` shows it', parseNumber)
        .addOption(jsonOption())
        .action(revoke),
    )
