import { Command, InvalidArgumentError, Option } from 'commander'
import {
  type AccessToken,
  createJobToken as createOwnJobToken,
  createAccessToken as createOwnToken,
  listAccessTokens as listOwnTokens,
  revokeAccessToken as revokeOwnToken,
} from '../client/token-operations.ts'
import { TokenScope } from '../generated/prisma/enums.ts'
import type { AccessTokenRow } from '../modules/tokens/access-tokens.ts'
import { MAX_LIFETIME_S } from '../modules/tokens/job-token-lifetime.ts'
import { print } from './output.ts'
import { projectOf, type TargetOptions, targetOf, withTarget } from './release-target.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { parseDate, parseNumber } from './shared-options.ts'

type OwnerOptions = ServerOptions & { user?: string }
type CreateOptions = OwnerOptions & { name: string; scope: TokenScope; expires?: Date }

/** Loaded only for the operator, because it is the code of the server. */
const tokensOfOthers = () => import('./operator/tokens-of-others.ts')

/** The shown values of a token: everything except its digest. */
const shown = ({ id, name, scopes, expiresAt, revokedAt, createdAt }: AccessToken | AccessTokenRow) => ({
  id,
  name,
  scopes,
  expiresAt,
  revokedAt,
  createdAt,
})

async function create(options: CreateOptions): Promise<void> {
  const { user: username, name, scope, expires: expiresAt } = options
  const values = { name, scopes: [scope], expiresAt }
  const { token, accessToken } =
    username === undefined
      ? await createOwnToken(serverOf(options), values)
      : await (await tokensOfOthers()).createTokenOf(username, values)
  // Prints only the token, so that a script can use the output as it is.
  print(options, { ...shown(accessToken), ...(username === undefined ? {} : { username }), token }, token)
}

async function revoke(id: number, options: OwnerOptions): Promise<void> {
  const { user: username } = options
  const token =
    username === undefined
      ? await revokeOwnToken(serverOf(options), id)
      : await (await tokensOfOthers()).revokeTokenOf(username, id)
  print(options, shown(token), `Revoked access token ${token.id} (${token.name})`)
}

async function list(options: OwnerOptions): Promise<void> {
  const { user: username } = options
  const tokens: (AccessToken | AccessTokenRow)[] =
    username === undefined
      ? await listOwnTokens(serverOf(options))
      : await (await tokensOfOthers()).listTokensOf(username)
  const lines = tokens.map(({ id, name, scopes }) => `${id}\t${scopes.join(',')}\t${name}`)
  print(options, tokens.map(shown), lines.join('\n') || 'none')
}

const SECONDS = { s: 1, m: 60, h: 60 * 60 } as const

/** Parses `90s`, `15m` or `1h`. A number alone means seconds. */
function parseLifetime(text: string): number {
  const [, digits = '', unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(text) ?? []
  const seconds = Number(digits) * SECONDS[(unit || 's') as keyof typeof SECONDS]
  if (seconds >= 1 && seconds <= MAX_LIFETIME_S) return seconds
  throw new InvalidArgumentError(`A time such as 90s, 15m or 1h is expected, at most ${MAX_LIFETIME_S / SECONDS.h}h.`)
}

type JobOptions = TargetOptions & { user?: string; pipeline?: true; expiresIn: number }

async function job(options: JobOptions): Promise<void> {
  const { user: username, pipeline, expiresIn } = options
  if (username === undefined && !pipeline) {
    const target = targetOf(options)
    const created = await createOwnJobToken(target, expiresIn)
    return print(options, { ...created, projectPath: target.project }, created.token)
  }
  const projectPath = projectOf(options)
  const { createJobTokenFor } = await tokensOfOthers()
  const created = await createJobTokenFor({ projectPath, expiresIn, username })
  print(options, { ...created, projectPath, username: username ?? null }, created.token)
}

/** In all these commands an account asks a server for itself, and the operator acts for any account on the database. */
const OPERATOR = 'as the operator, on the database itself: needs no server and no token'

const userOption = (description: string) => new Option('--user <username>', `${description} ${OPERATOR}`)

const createCommand = () =>
  withServer(new Command('create'))
    .description('Create an access token and print it; it is not shown again.')
    .addOption(userOption('for this account instead of your own,'))
    .option('--name <name>', 'what it is for', 'command line')
    .addOption(new Option('--scope <scope>', 'what it allows').choices(Object.values(TokenScope)).default('api'))
    .option('--expires <date>', 'when it ends; never by default', parseDate)
    .action(create)

const jobCommand = () =>
  withTarget(new Command('job'))
    .description('Create a token that writes to one project only, and print it; it is not shown again.')
    .addOption(userOption('acts as this account instead of yours: made').conflicts('pipeline'))
    .option('--pipeline', `acts as a pipeline without an account, with the role Developer: made ${OPERATOR}`)
    .addOption(
      new Option('--expires-in <time>', 'after what time it ends: 90s, 15m, 1h')
        .argParser(parseLifetime)
        .default(parseLifetime('1h'), '1h'),
    )
    .action(job)

export const tokenCommand = () =>
  new Command('token')
    .description('Create, list and revoke access tokens; create job tokens.')
    .addCommand(createCommand())
    .addCommand(jobCommand())
    .addCommand(
      withServer(new Command('list'))
        .description('List your access tokens that still work, without the tokens themselves.')
        .addOption(userOption('those of this account instead,'))
        .action(list),
    )
    .addCommand(
      withServer(new Command('revoke'))
        .description('Revoke an access token at once.')
        .argument('<id>', 'number of the token, as `token list` shows it', parseNumber)
        .addOption(userOption('one of this account,'))
        .action(revoke),
    )
