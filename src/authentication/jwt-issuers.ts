import { z } from 'zod'

const roleNames = z.enum(['guest', 'planner', 'reporter', 'developer', 'maintainer', 'owner'])

const JwtIssuer = z.strictObject({
  /** Equals the token's `iss`. */
  issuer: z.string().min(1),
  /** Must be among the token's `aud`. */
  audience: z.string().min(1),
  /** Asymmetric algorithms only, so that the server holds no secret that could sign tokens. */
  algorithms: z
    .array(
      z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']),
    )
    .min(1),
  /** The http(s) URL or file path of the issuer's JSON Web Key Set. */
  jwks: z.string().min(1),
  /** The claim that holds the username. */
  userClaim: z.string().min(1).optional(),
  /** Each rule names a claim that holds a project's full path, and the token's role in the project. */
  projectRoles: z
    .array(
      z.strictObject({
        claim: z.string().min(1),
        role: roleNames,
        /** The rule applies only when the claims have exactly these values. */
        where: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
})

export type JwtIssuer = z.infer<typeof JwtIssuer>

/** The value of JWT_ISSUERS: a JSON list of the issuers whose tokens the server trusts. */
export const JwtIssuers = z
  .string()
  .default('[]')
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON list of issuers' })
      return z.NEVER
    }
  })
  .pipe(
    z.array(
      JwtIssuer.refine((issuer) => issuer.userClaim !== undefined || issuer.projectRoles.length > 0, {
        error: 'an issuer needs userClaim, projectRoles or both',
      }),
    ),
  )
