import type { JWTPayload } from 'jose'
import { db } from '../../db.ts'
import { unauthenticated } from '../../errors.ts'
import type { VerifiedJwt } from './jwt.ts'
import type { JwtIssuer } from './jwt-issuers.ts'
import { findViewerByUsername } from './load-viewer.ts'
import { type Role, role } from './roles.ts'
import { anonymous, type Viewer } from './viewer.ts'

/** The account that the claims name, the roles that the issuer's rules give, or both. */
export async function loadViewerByJwt({ claims, issuer }: VerifiedJwt): Promise<Viewer> {
  const username = textOf(claims, issuer.userClaim)
  // One after the other: a refused account leaves no statement running behind the answer.
  const account = username === null ? null : await findViewerByUsername(username)
  const given = await loadGivenRoles(claims, issuer)
  if (!account && given.size === 0) {
    throw unauthenticated('The token names no account here and gives no role in a project')
  }
  const viewer: Viewer = account ?? { ...anonymous(), scopes: new Set(['api']) }
  const projectRoles = new Map(viewer.projectRoles)
  for (const [id, held] of given) raise(projectRoles, id, held)
  return { ...viewer, projectRoles }
}

async function loadGivenRoles(claims: JWTPayload, issuer: JwtIssuer): Promise<Map<number, Role>> {
  const byPath = new Map<string, Role>()
  for (const rule of issuer.projectRoles) {
    const fullPath = textOf(claims, rule.claim)
    const counts = Object.entries(rule.where).every(([claim, value]) => claims[claim] === value)
    if (fullPath !== null && counts) raise(byPath, fullPath, role[rule.role])
  }
  if (byPath.size === 0) return new Map()
  const projects = await db.project.findMany({
    where: { fullPath: { in: [...byPath.keys()] } },
    select: { id: true, fullPath: true },
  })
  return new Map(projects.map(({ id, fullPath }) => [id, byPath.get(fullPath) ?? role.none]))
}

function raise<Key>(roles: Map<Key, Role>, key: Key, held: Role): void {
  if (held > (roles.get(key) ?? role.none)) roles.set(key, held)
}

/** PostgreSQL takes no NUL in a text, so a claim that holds one names nothing. */
function textOf(claims: JWTPayload, claim: string | undefined): string | null {
  const value = claim === undefined ? null : claims[claim]
  return typeof value === 'string' && !value.includes('\0') ? value : null
}
