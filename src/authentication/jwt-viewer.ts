import type { JWTPayload } from 'jose'
import { type Role, role } from '../access/roles.ts'
import { anonymous, type Placed, roleIn, type Viewer } from '../access/viewer.ts'
import { db } from '../database/db.ts'
import { avatarProblems } from '../foundation/avatar-url.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { unauthenticated } from '../foundation/errors.ts'
import { pathKey } from '../foundation/path-key.ts'
import type { VerifiedJwt } from './jwt.ts'
import type { JwtIssuer } from './jwt-issuers.ts'
import { findViewerByUsername } from './load-viewer.ts'

/** The standard claim of OpenID Connect. */
const AVATAR_CLAIM = 'picture'

type GivenRole = { project: Placed & { id: number }; held: Role }

/**
 * A token that names an account and no project belongs to a person. A token that names a project belongs to a pipeline, even when
 * no rule gives it a role, because otherwise a job of an unprotected branch could do more than a job of a protected branch. An
 * account in such a token is the author of what the pipeline writes. The account's own role counts only in the projects in which
 * a rule gives a role.
 */
export async function loadViewerByJwt({ claims, issuer }: VerifiedJwt): Promise<Viewer> {
  const username = textOf(claims, issuer.userClaim)
  // Not in parallel, because the refusal of an account must not leave another statement running.
  const account = username === null ? null : await findViewerByUsername(username)
  if (account && !issuer.projectRoles.some(({ claim }) => claims[claim] != null)) {
    return withAvatar(account, textOf(claims, AVATAR_CLAIM))
  }
  const given = await loadGivenRoles(claims, issuer)
  if (!account && given.length === 0) {
    throw unauthenticated('The token names no account here and gives no role in a project')
  }
  return pipeline(account, given)
}

/** Takes over the issuer's picture of a person, unless the person has chosen a picture here. */
async function withAvatar(viewer: Viewer, avatarUrl: string | null): Promise<Viewer> {
  const { user } = viewer
  if (!user || avatarUrl === null || user.avatarChosen || user.avatarUrl === avatarUrl) return viewer
  if (avatarProblems(avatarUrl).length > 0) return viewer
  await db.user.updateMany({
    where: { id: user.id, avatarChosen: false },
    data: { avatarUrl, updatedAt: databaseNow() },
  })
  return { ...viewer, user: { ...user, avatarUrl } }
}

function pipeline(account: Viewer | null, given: readonly GivenRole[]): Viewer {
  const projectRoles = new Map<number, Role>()
  for (const { project, held } of given) {
    raise(projectRoles, project.id, held)
    if (account) raise(projectRoles, project.id, roleIn(account, project))
  }
  return {
    ...anonymous(),
    user: account?.user ?? null,
    credential: 'pipeline_jwt',
    scopes: new Set(['api']),
    projectRoles,
  }
}

/** The projects in which a rule gives a role, each with its highest role. */
async function loadGivenRoles(claims: JWTPayload, issuer: JwtIssuer): Promise<GivenRole[]> {
  const byPath = new Map<string, Role>()
  for (const rule of issuer.projectRoles) {
    const fullPath = textOf(claims, rule.claim)
    const counts = Object.entries(rule.where).every(([claim, value]) => claims[claim] === value)
    if (fullPath !== null && counts) raise(byPath, pathKey(fullPath), role[rule.role])
  }
  if (byPath.size === 0) return []
  const projects = await db.$queryRaw<(GivenRole['project'] & { key: string })[]>`
    SELECT /* access.projectsOfJwt */ id, ancestor_ids AS "ancestorIds", deleted_at AS "deletedAt", lower(full_path) AS key FROM projects
    WHERE lower(full_path) = ANY (${[...byPath.keys()]}::text[]) AND deleted_at IS NULL`
  return projects.map(({ key, ...project }) => ({ project, held: byPath.get(key) ?? role.none }))
}

function raise<Key>(roles: Map<Key, Role>, key: Key, held: Role): void {
  if (held > (roles.get(key) ?? role.none)) roles.set(key, held)
}

/** Ignores a claim that contains NUL, because PostgreSQL has no such text and so nothing has that name. */
function textOf(claims: JWTPayload, claim: string | undefined): string | null {
  const value = claim === undefined ? null : claims[claim]
  return typeof value === 'string' && !value.includes('\0') ? value : null
}
