import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createWorld, type World } from '../../support/world.ts'
import { clone, commit, remoteOf } from '../git/git-client.ts'
import { rest } from '../rest/client.ts'
import { type Headers, jobToken, jwt, trustedIssuer } from './credentials.ts'

const app = useApp({ jwtIssuers: () => [trustedIssuer] })

let world: World
beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const ofProject = () => ({ project_path: world.project.fullPath, ref_protected: 'true' })

const credentials: Record<string, () => Promise<string>> = {
  ACCESS_TOKEN: async () => world.tokens.owner ?? '',
  JOB_TOKEN: () => jobToken(app, world),
  JWT: () => jwt({ user_login: world.users.owner.username }),
  PIPELINE_JWT: () => jwt(ofProject()),
  'PIPELINE_JWT with an account': () => jwt({ ...ofProject(), user_login: world.users.owner.username }),
}

type Write = (token: string) => Promise<unknown>

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })

const send = async (method: string, path: string, token: string, options: { json?: unknown; body?: string }) => {
  const { status } = await rest(app, method, `/projects/${world.project.id}${path}`, {
    ...options,
    headers: bearer(token),
  })
  expect([200, 201]).toContain(status)
}

const mutate = async (token: string, mutation: string) => {
  const document = `mutation { ${mutation} { errors } }`
  const { data, errors } = await query<Record<string, { errors: string[] }>, never>(
    app,
    document,
    {},
    { headers: bearer(token) },
  )
  expect([errors, ...Object.values(data)]).toEqual([undefined, { errors: [] }])
}

const release = () => `projectPath: "${world.project.fullPath}", tagName`

const doors: Record<string, { write: Write; eventType: string }> = {
  'a mutation': {
    write: (token) => mutate(token, `releaseUpdate(input: { ${release()}: "${world.release.tag}", name: "x" })`),
    eventType: 'release_updated',
  },
  'a mutation that writes its event by a statement of its own': {
    write: (token) => mutate(token, `releaseCreate(input: { ${release()}: "v2.0.0", ref: "main" })`),
    eventType: 'release_created',
  },
  REST: {
    write: (token) => send('POST', '/issues', token, { json: { title: 'To do' } }),
    eventType: 'issue_created',
  },
  'the upload of a package': {
    write: (token) => send('PUT', '/packages/generic/tools/1.0.0/tool.bin', token, { body: 'tool' }),
    eventType: 'package_file_uploaded',
  },
  'the upload of a report artifact': {
    write: (token) => send('PUT', `/report_artifacts/${world.release.sha}/tests.xml`, token, { body: '<tests/>' }),
    eventType: 'report_artifact_uploaded',
  },
  'a push': {
    write: async (token) => {
      const own = await clone(remoteOf(app, world, token))
      await commit(own)
      expect((await own.run('push', 'origin', 'main')).code).toBe(0)
    },
    eventType: 'repository_pushed',
  },
}

const shown = async () => {
  const document = `{ project(fullPath: "${world.project.fullPath}") { auditEvents { nodes { eventType credential } } } }`
  const { data } = await query<
    { project: { auditEvents: { nodes: { eventType: string; credential: string }[] } } },
    never
  >(app, document, {}, { token: world.tokens.owner })
  return data.project.auditEvents.nodes
}

describe.each(Object.entries(doors))('the audit event of %s', (_door, { write, eventType }) => {
  test.each(Object.entries(credentials))('names the credential: %s', async (name, tokenOf) => {
    await write(await tokenOf())
    const [credential] = name.split(' ')
    expect((await shown()).filter((event) => event.eventType === eventType)).toEqual([{ eventType, credential }])
  })
})

test('an audit event that was written before credentials were recorded names no credential', async () => {
  const data = { eventType: 'release_created', authorName: 'Ann', targetType: 'Release', targetId: 1 }
  await db.auditEvent.create({
    data: { ...data, projectId: world.project.id, targetDetails: 'First', message: 'Created release v1' },
  })
  expect(await shown()).toEqual([{ eventType: 'release_created', credential: null }])
})
