import { expect } from 'vitest'
import type { TestApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createTrustedIssuer } from '../../support/jwt.ts'
import type { ViewerName, World } from '../../support/world.ts'

const { issuer, signed } = await createTrustedIssuer({
  userClaim: 'user_login',
  projectRoles: [{ claim: 'project_path', role: 'owner', where: { ref_protected: 'true' } }],
})

export const trustedIssuer = issuer
export const jwt = signed

export type Headers = Record<string, string>

export const withToken = (token: string | null): Headers => ({ 'private-token': token ?? '' })

/** A job token of a viewer of the world. */
export async function jobToken(app: TestApp, world: World, viewer: ViewerName = 'owner', expiresIn = 3600) {
  const document = 'mutation ($input: JobTokenCreateInput!) { jobTokenCreate(input: $input) { token errors } }'
  const input = { projectPath: world.project.fullPath, expiresIn }
  const { data } = await query<{ jobTokenCreate: { token: string; errors: string[] } }, never>(
    app,
    document,
    { input },
    { token: world.tokens[viewer] },
  )
  expect(data.jobTokenCreate.errors).toEqual([])
  return data.jobTokenCreate.token
}

const ofProject = ({ project }: World) => ({ project_path: project.fullPath, ref_protected: 'true' })

/** Every kind of pipeline, each with the role Owner in the project of the world. */
export const pipelines: Record<string, (app: TestApp, world: World) => Promise<Headers>> = {
  'a job token': async (app, world) => ({ 'job-token': await jobToken(app, world) }),
  "an issuer's token for a project": async (_app, world) => ({
    authorization: `Bearer ${await jwt(ofProject(world))}`,
  }),
  "an issuer's token for a project and an account": async (_app, world) => ({
    authorization: `Bearer ${await jwt({ ...ofProject(world), user_login: world.users.owner.username })}`,
  }),
}
