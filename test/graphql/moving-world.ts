// What tests of moving projects and groups have in common.
import { expect } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import type { World } from '../support/world.ts'

export const TAKEN = ['Path has already been taken']

/** A group in which the account has a role. */
export async function groupOf(
  world: World,
  role: 'developer' | 'maintainer' | 'owner',
  viewer: 'owner' | 'maintainer' = 'owner',
) {
  const group = await create.createGroup()
  await create.addMember({ group }, world.users[viewer], role)
  return group
}

export const pathOf = async ({ project: { id } }: World) =>
  (await db.project.findUniqueOrThrow({ where: { id } })).fullPath

export type Answer = Record<string, { errors: string[] } | null>

/** Whether the viewer may: null when the answer is that of a missing project or group. */
export async function attempt(
  app: TestApp,
  token: string | null,
  name: string,
  input: object,
): Promise<string[] | null> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Answer, object>(app, document, { input }, { token })
  if (errors) expect(errors[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  return data[name]?.errors ?? null
}
