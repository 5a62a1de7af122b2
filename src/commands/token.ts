import { Command, InvalidArgumentError, Option } from 'commander'
import { TokenScope } from '../generated/prisma/enums.ts'
import {
  type AccessTokenRow,
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from '../modules/access/access-tokens.ts'
import { createJobToken, MAX_LIFETIME_S } from '../modules/access/create-job-token.ts'
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

const SECONDS = { s: 1, m: 60, h: 60 * 60 } as const

/** `90s`, `15m`, `1h`; a number alone means seconds. */
function parseLifetime(text: string): number {
  const [, digits = '', unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(text) ?? []
  const seconds = Number(digits) * SECONDS[(unit || 's') as keyof typeof SECONDS]
  if (seconds >= 1 && seconds <= MAX_LIFETIME_S) return seconds
  throw new InvalidArgumentError(`A time such as 90s, 15m or 1h is expected, at most ${MAX_LIFETIME_S / SECONDS.h}h.`)
}

type JobOptions = { project: string; user?: string; expiresIn: number; json?: true }

async function job({ project: projectPath, user: username, expiresIn, json }: JobOptions): Promise<void> {
  const created = await asOperator((context) => createJobToken(context, { projectPath, expiresIn, username }))
  print({ json }, { ...created, projectPath, username: username ?? null }, created.token)
}

const userOption = () => new Option('--user <username>', 'whose token').makeOptionMandatory()

export const tokenCommand = () =>
  new Command('token')
    .description('Create, list and revoke access tokens; create job tokens.')
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
      new Command('job')
        .description('Create a token that writes to one project only, and print it; it is not shown again.')
        .requiredOption('--project <path>', 'full path of the project')
        .option('--user <username>', 'whom it acts as; without it a pipeline with the role Developer')
        .addOption(
          new Option('--expires-in <time>', 'after what time it ends: 90s, 15m, 1h')
            .argParser(parseLifetime)
            .default(parseLifetime('1h'), '1h'),
        )
        .addOption(jsonOption())
        .action(job),
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
