// Limits what a caller may ask for in a minute, at all doors together. The unit is a point: a GraphQL field costs one, as in the
// cost of an operation. `points` has the cost of other requests.
import { LRUCache } from 'lru-cache'
import { anonymous, type Viewer } from '../../access/viewer.ts'
import { type Authenticate, type CredentialHeaders, credentialsIn } from '../../authentication/authenticate.ts'
import { AppError, TryLater } from '../../foundation/errors.ts'
import type { Door, RequestScope } from '../request-scope.ts'
import type { Budgets, RateLimitState } from './budgets.ts'
import {
  anonymousCaller,
  type Budget,
  budgetOf,
  type Caller,
  type Scarce,
  scarceCaller,
  wrongCredentialsCaller,
} from './callers.ts'

/** The cost of a request that is not GraphQL: the cost of a query that takes the server as long. */
export const points = { read: 10, write: 20, git: 100 } as const

/** The cost of a request to REST, a page or a file. */
export const costOf = (method: string): number => (method === 'GET' || method === 'HEAD' ? points.read : points.write)

export type RateLimits = {
  /** Throws RATE_LIMITED when the address has spent its budget: for requests without a credential, or for wrong credentials. */
  assertOpen: (scope: RequestScope, headers: CredentialHeaders) => Promise<void>
  /**
   * Finds the viewer. Refuses like `assertOpen` before it looks up the credential, and then when the account has no points left.
   */
  identify: (scope: RequestScope, headers: CredentialHeaders, authenticate: Authenticate) => Promise<Viewer>
  /**
   * Spends the points, and sets headers that tell what is left. Throws RATE_LIMITED when nothing was left. Null when unlimited.
   */
  spend: (scope: RequestScope, viewer: Viewer | null, points: number) => Promise<RateLimitState | null>
  /** Counts one of what is scarce. Throws RATE_LIMITED when none was left. */
  spendOn: (scope: RequestScope, viewer: Viewer, scarce: Scarce) => Promise<void>
}

/** The headers about the state of the budget. `RateLimit-Reset` is a Unix time, as in GitLab. */
export const rateLimitHeaders = ({ limit, remaining, resetMs }: RateLimitState): Record<string, string> => ({
  'RateLimit-Limit': String(limit),
  'RateLimit-Remaining': String(remaining),
  'RateLimit-Reset': String(Math.ceil((Date.now() + resetMs) / 1000)),
})

const tell = ({ headers }: RequestScope, state: RateLimitState): void =>
  void Object.assign(headers, rateLimitHeaders(state))

const named: Record<Budget, string> = {
  account: 'requests',
  address: 'requests',
  refusals: 'wrong credentials from your address',
  changelogs: 'changelogs of this project',
  previews: 'previews',
}

function refusal({ budget }: Caller, { resetMs }: RateLimitState): TryLater {
  const seconds = Math.max(Math.ceil(resetMs / 1000), 1)
  return new TryLater('RATE_LIMITED', `Too many ${named[budget]}: try again in ${seconds} s`, seconds)
}

const credentialIn = (headers: CredentialHeaders) => credentialsIn(headers).join('\n')

const isNone = (credential: string) => credential.trim() === ''

/** The end of a credential is enough to distinguish credentials, and useless to a thief. */
const END_CHARACTERS = 12

/** Remembers the ends of recent valid credentials, so that wrong credentials from the same address do not lock them out. */
function createGoodCredentials() {
  const good = new LRUCache<string, true>({ max: 10_000, ttl: 10 * 60 * 1000 })
  const endOf = (credential: string) => credential.trimEnd().slice(-END_CHARACTERS)
  return {
    add: (credential: string) => void good.set(endOf(credential), true),
    remove: (credential: string) => void good.delete(endOf(credential)),
    has: (credential: string) => good.has(endOf(credential)),
  }
}

type RateLimitParts = { budgets: Budgets; onRefusal: (door: Door, budget: Caller['budget']) => void }

export function createRateLimits({ budgets, onRefusal }: RateLimitParts): RateLimits {
  const good = createGoodCredentials()

  const refuse = (scope: RequestScope, caller: Caller, state: RateLimitState): never => {
    tell(scope, state)
    onRefusal(scope.door, caller.budget)
    throw refusal(caller, state)
  }
  const assertLeft = async (scope: RequestScope, caller: Caller) => {
    const state = await budgets.stateOf(caller)
    if (state.remaining === 0) refuse(scope, caller, state)
  }

  const assertOpen = async (scope: RequestScope, headers: CredentialHeaders) => {
    const credential = credentialIn(headers)
    if (good.has(credential)) return
    // A cookie that is not known may be of a session that has ended, which counts as no credential.
    const isNobody = isNone(credential) || headers.session !== undefined
    await assertLeft(scope, isNobody ? anonymousCaller(scope.ipAddress) : wrongCredentialsCaller(scope.ipAddress))
  }

  return {
    assertOpen,

    async identify(scope, headers, authenticate) {
      const credential = credentialIn(headers)
      await assertOpen(scope, headers)
      const viewer = await authenticate(headers).catch(async (error) => {
        const isWrong = error instanceof AppError && error.code === 'UNAUTHENTICATED'
        if (isWrong) {
          good.remove(credential)
          await budgets.spend(wrongCredentialsCaller(scope.ipAddress), 1)
        }
        throw error
      })
      if (viewer.credential === null) return viewer
      good.add(credential)
      await assertLeft(scope, budgetOf(viewer, scope.ipAddress))
      return viewer
    },

    async spend(scope, viewer, cost) {
      const caller = budgetOf(viewer ?? anonymous(), scope.ipAddress)
      const { state, granted } = await budgets.spend(caller, Math.max(Math.ceil(cost), 1))
      if (!granted) refuse(scope, caller, state)
      tell(scope, state)
      return state
    },

    async spendOn(scope, viewer, scarce) {
      const caller = scarceCaller(viewer, scope.ipAddress, scarce)
      const { state, granted } = await budgets.spend(caller, 1)
      if (!granted) refuse(scope, caller, state)
    },
  }
}

/** For RATE_LIMITS=off. */
export const noRateLimits: RateLimits = {
  assertOpen: async () => {},
  identify: (_scope, headers, authenticate) => authenticate(headers),
  spend: async () => null,
  spendOn: async () => {},
}
