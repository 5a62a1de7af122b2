import { decodeJwt, errors, importJWK, type JWK, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { can } from '../access/abilities.ts'
import { role } from '../access/roles.ts'
import { anonymous, roleIn, type Viewer } from '../access/viewer.ts'
import { db } from '../database/db.ts'
import { unauthenticated } from '../foundation/errors.ts'
import type { SigningKey } from '../generated/prisma/client.ts'
import { SIGNING_ALGORITHM } from '../signing/detached-jws.ts'
import { privateKeyOf } from '../signing/signing-keys.ts'
import { asRefusal } from './jwt.ts'
import { findViewerByUserId } from './load-viewer.ts'

/** A URN, so that no configured issuer has the same name. All servers of the database share it. */
const ISSUER = 'urn:waybill:job-tokens'
const AUDIENCE = 'urn:waybill'

/** The same keys sign evidence, so the type in the header keeps a signature of evidence from passing as a token. */
const TYPE = 'waybill-job-token+jwt'

const Claims = z.object({
  sub: z
    .string()
    .regex(/^\d{1,10}$/)
    .optional(),
  project_id: z.int(),
})

/** A project, and the account that the token acts as there; null for a pipeline without an account. */
export type CiJob = { projectId: number; userId: number | null }

export async function signJobToken(key: SigningKey, { projectId, userId }: CiJob, expiresAt: Date): Promise<string> {
  const token = new SignJWT({ project_id: projectId })
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
  if (userId !== null) token.setSubject(String(userId))
  return token.sign(await privateKeyOf(key))
}

/** Whether the token claims to be a job token. Nothing has been verified yet. */
export function isJobToken(token: string): boolean {
  try {
    return decodeJwt(token).iss === ISSUER
  } catch {
    return false
  }
}

/** Refuses a retired key, so that replacing a leaked key also ends the tokens that it signed. */
const currentKey: JWTVerifyGetKey = async ({ kid }) => {
  const key = kid === undefined ? null : await db.signingKey.findFirst({ where: { kid, retiredAt: null } })
  if (!key) throw new errors.JWKSNoMatchingKey()
  return importJWK(key.publicJwk as JWK, key.algorithm)
}

async function verifyJobToken(token: string): Promise<CiJob> {
  try {
    const { payload } = await jwtVerify(token, currentKey, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      algorithms: [SIGNING_ALGORITHM],
      requiredClaims: ['exp'],
    })
    const { sub, project_id: projectId } = Claims.parse(payload)
    return { projectId, userId: sub === undefined ? null : Number(sub) }
  } catch (error) {
    throw asRefusal(error)
  }
}

const ended = () => unauthenticated('The job token has ended: who made it may not write to its project any more')

/**
 * The viewer is a pipeline whose author is the account that made the token. Its role in the project is the account's present
 * role. It reads of other projects what every account may read. The token ends when the account may make no more job tokens.
 */
export async function loadViewerByJobToken(token: string): Promise<Viewer> {
  const { projectId, userId } = await verifyJobToken(token)
  const project = await db.project.findUnique({ where: { id: projectId } })
  const maker = userId === null ? null : await findViewerByUserId(userId)
  if (!project || (userId !== null && !maker)) throw ended()
  const holder = maker ?? { ...anonymous(), projectRoles: new Map([[projectId, role.developer]]) }
  if (!can(holder, 'job-token:create', project)) throw ended()
  return {
    ...anonymous(),
    user: holder.user,
    credential: 'job_token',
    scopes: new Set(['api']),
    projectRoles: new Map([[projectId, roleIn(holder, project)]]),
  }
}
