import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { lengthProblem, maxCharacters, type TextName } from '../../foundation/text-limits.ts'

export type Pair = { key: string; value?: string | null | undefined }

export const branchFilterStrategies = ['wildcard', 'regex', 'all_branches'] as const
export type BranchFilterStrategy = (typeof branchFilterStrategies)[number]

/** What a client gives. What is absent stays as it is. */
export type WebhookValues = {
  url?: string | undefined
  name?: string | null | undefined
  description?: string | null | undefined
  template?: string | null | undefined
  token?: string | null | undefined
  signingToken?: string | null | undefined
  branchFilter?: string | null | undefined
  branchFilterStrategy?: BranchFilterStrategy | undefined
  /** Merged with the headers that are there. Null removes one. */
  customHeaders?: readonly Pair[] | null | undefined
  urlVariables?: readonly Pair[] | null | undefined
}

const MOST_PAIRS = 20
const HEADER_KEY = /^[A-Za-z]+[0-9]*(?:[._-][A-Za-z0-9]+)*$/
const VARIABLE_KEY = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/i
/** What a header's value may have in HTTP. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/
/** These belong to the connection, and decide where a request ends. */
const OF_THE_CONNECTION = /^(?:host|content-length|connection|transfer-encoding|upgrade|expect|te|trailer|keep-alive)$/i
/** Standard Webhooks asks for 24 to 64 bytes. */
const SIGNING_TOKEN = /^whsec_([A-Za-z0-9+/]+={0,2})$/

const refuse = (attribute: string, problem: string): never => {
  throw new RuleViolation('UNPROCESSABLE', `${attribute} ${problem}`, { [attribute]: [problem] })
}

function assertFits(attribute: keyof WebhookValues, text: string | null | undefined, limit: TextName): void {
  const problem = text == null ? null : lengthProblem(maxCharacters[limit], text)
  if (problem) refuse(attribute, problem)
}

function assertSigningToken(token: string): void {
  const bytes = Buffer.from(SIGNING_TOKEN.exec(token)?.[1] ?? '', 'base64').length
  if (bytes < 24 || bytes > 64) refuse('signingToken', 'must be whsec_ and 24 to 64 bytes in Base64')
}

const isHeader = ({ key, value }: Pair) =>
  HEADER_KEY.test(key) &&
  key.length <= maxCharacters.name &&
  !OF_THE_CONNECTION.test(key) &&
  (value == null || (HEADER_VALUE.test(value) && value.length <= maxCharacters.secretValue))

const isVariable = ({ key, value }: Pair) =>
  VARIABLE_KEY.test(key) &&
  key.length <= maxCharacters.name &&
  (value == null || (value !== '' && value.length <= maxCharacters.secretValue))

const illegalPair = () => new RuleViolation('UNPROCESSABLE', 'Illegal key or value')

/** A header or a URL variable alone. */
export function assertPairValid(kind: 'header' | 'variable', pair: Pair): void {
  if (!(kind === 'header' ? isHeader : isVariable)(pair)) throw illegalPair()
}

/** PostgreSQL compares branches with the expression, because JavaScript may take for ever over an evil one. */
async function assertExpression(filter: string): Promise<void> {
  await db.$queryRaw`SELECT /* webhooks.checkExpression */ 'main' ~ ${filter}::text`.catch(() => {
    throw new RuleViolation('UNPROCESSABLE', 'Invalid branch filter given')
  })
}

async function assertFilter({ branchFilter: filter, branchFilterStrategy: strategy }: WebhookValues): Promise<void> {
  if (filter == null) return
  if (strategy === 'regex') await assertExpression(filter)
}

/** Refuses values that no webhook may have. */
export async function assertValuesValid(values: WebhookValues): Promise<void> {
  const { url, name, description, template, token, signingToken, branchFilter, customHeaders, urlVariables } = values
  assertFits('url', url, 'url')
  assertFits('signingToken', signingToken, 'signingToken')
  assertFits('branchFilter', branchFilter, 'branchFilter')
  assertFits('name', name, 'name')
  assertFits('description', description, 'webhookDescription')
  assertFits('template', template, 'template')
  assertFits('token', token, 'webhookToken')
  if (token != null && /[\r\n]/.test(token)) refuse('token', 'must not contain a line break')
  if (token != null && !HEADER_VALUE.test(token)) refuse('token', 'must fit into a header')
  if (signingToken) assertSigningToken(signingToken)
  if ((customHeaders ?? []).length > MOST_PAIRS || !(customHeaders ?? []).every(isHeader)) {
    throw new RuleViolation('UNPROCESSABLE', 'Custom headers validation failed')
  }
  if ((urlVariables ?? []).length > MOST_PAIRS || !(urlVariables ?? []).every(isVariable)) {
    refuse('urlVariables', 'must be at most 20 names with values')
  }
  await assertFilter(values)
}

/** The stored pairs with the given ones. Null removes a pair. */
export function mergePairs(
  stored: Readonly<Record<string, string>>,
  given: readonly Pair[] | null | undefined,
): Record<string, string> {
  const merged = new Map(Object.entries(stored))
  for (const { key, value } of given ?? []) {
    if (value == null) merged.delete(key)
    else merged.set(key, value)
  }
  if (merged.size > MOST_PAIRS) throw new RuleViolation('UNPROCESSABLE', 'Custom headers validation failed')
  return Object.fromEntries(merged)
}
