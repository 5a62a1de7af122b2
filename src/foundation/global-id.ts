import { invalid } from './errors.ts'
import { MAX_INTEGER } from './limits.ts'
import { maxCharacters } from './text-limits.ts'

/**
 * GraphQL type -> the class in its global ID `gid://gitlab/<Class>/<id>`, when the two names differ
 * (docs/contract/graphql.md#global-ids).
 */
const classOfType: Readonly<Record<string, string>> = {
  UserCore: 'User',
  ReleaseAssetLink: 'Releases::Link',
  ReleaseEvidence: 'Releases::Evidence',
  CiFreezePeriod: 'Ci::FreezePeriod',
  ProtectedTagCreateAccessLevel: 'ProtectedTag::CreateAccessLevel',
}

const typeOfClass = new Map(Object.entries(classOfType).map(([type, name]) => [name, type]))

/** The scalars for global IDs of one class. A scalar's name is the class without `::`, plus `ID`. */
export const idScalars = {
  ReleaseID: 'Release',
  ReleasesLinkID: 'Releases::Link',
  MilestoneID: 'Milestone',
  UserID: 'User',
  GroupID: 'Group',
  AccessTokenID: 'AccessToken',
  SessionID: 'Session',
  CiFreezePeriodID: 'Ci::FreezePeriod',
  ProtectedTagID: 'ProtectedTag',
  WebhookID: 'Webhook',
  WebhookDeliveryID: 'WebhookDelivery',
} as const

/** An ID scalar is a number in the code and a global ID on the wire. */
export type IdScalars = { [Name in keyof typeof idScalars]: { Input: number; Output: number } }

export const toGlobalId = (typeName: string, id: string | number) =>
  `gid://gitlab/${classOfType[typeName] ?? typeName}/${id}`

const shown = (text: string) => JSON.stringify(text.slice(0, 100))

function parseGlobalId(text: string): { className: string; id: string } {
  const match = text.length > maxCharacters.globalId ? null : /^gid:\/\/gitlab\/([A-Za-z:]+)\/([0-9]+)$/.exec(text)
  const [, className = '', id = ''] = match ?? []
  if (!match || Number(id) > MAX_INTEGER) {
    throw invalid(`${shown(text)} is not a valid GitLab ID: gid://gitlab/<Class>/<number> is expected`)
  }
  return { className, id }
}

/** The GraphQL type and the number in a global ID, in the form that the relay plugin expects. */
export function parseNodeId(text: string): { typename: string; id: string } {
  const { className, id } = parseGlobalId(text)
  return { typename: typeOfClass.get(className) ?? className, id }
}

export function parseNumericId(text: string, expected: string): number {
  const { className, id } = parseGlobalId(text)
  if (className !== expected) throw invalid(`${shown(text)} does not represent an instance of ${expected}`)
  return Number(id)
}
