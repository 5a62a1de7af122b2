import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld } from '../support/world.ts'
import { rest } from './rest/client.ts'

const app = useApp()

/** The list that tells of the rows of a table that refer to an account; or the reason why none does. */
const tables: Record<string, string> = {
  access_tokens: 'access_tokens',
  sessions: 'sessions',
  identities: 'identities',
  project_members: 'memberships',
  group_members: 'memberships',
  notification_settings: 'notification_settings',
  release_mails: 'release_mails',
  protected_tag_access_levels: 'tag_rights',
  project_imports: 'imports',
  audit_events: 'audit_events',
  releases: 'written',
  release_drafts: 'written',
  issues: 'written',
  packages: 'written',
  uploads: 'written',
  report_artifacts: 'written',
}
const leftOut: Record<string, string> = {
  idempotency_records: 'Answers that only the key of the client decrypts, and which go after 24 hours.',
  pending_pushes: 'Goes within seconds, when the push is in the audit events.',
}

/** A row of each table for the account. */
async function createEverything() {
  const { group, project, release, users, tokens } = await createWorld(app, { project: { visibility: 'private' } })
  const { id: userId } = users.developer
  const file = { sha256: '0'.repeat(64), size: 1n, fileName: 'a.txt' }
  await db.session.create({
    data: {
      userId,
      digest: Buffer.from(`${userId}`),
      scopes: ['api'],
      idleSeconds: 60,
      endsAt: new Date(Date.now() + 60_000),
    },
  })
  await db.identity.create({ data: { userId, issuer: 'https://login.example.com', subject: `${userId}` } })
  await create.addMember({ group }, users.developer, 'guest')
  await db.notificationSetting.create({ data: { userId, projectId: project.id, level: 'watch' } })
  await db.notificationSetting.create({ data: { userId, groupId: group.id } })
  await db.notificationSetting.create({ data: { userId, ownActivity: true } })
  await db.releaseMail.create({ data: { userId, releaseId: release.id, batch: 1, refusal: '550 no such mailbox' } })
  await db.protectedTag.create({
    data: { projectId: project.id, name: 'canary-*', accessLevels: { create: { userId } } },
  })
  await db.projectImport.create({
    data: {
      projectId: project.id,
      userId,
      credential: 'access_token',
      url: 'https://old.example.com/',
      sourcePath: 'old/app',
      token: 'canary-token',
      progress: {},
    },
  })
  await db.auditEvent.create({
    data: {
      authorId: userId,
      authorName: 'x',
      eventType: 'x',
      targetType: 'x',
      targetId: 1,
      targetDetails: 'x',
      message: 'x',
    },
  })
  await create.createRelease(project, { tag: 'canary-1', authorId: userId })
  await db.releaseDraft.create({ data: { projectId: project.id, tag: 'canary-2', authorId: userId } })
  await create.createIssue(project, { authorId: userId })
  await db.package.create({ data: { projectId: project.id, name: 'canary', version: '1', creatorId: userId } })
  await db.upload.create({
    data: { ...file, projectId: project.id, secret: '0'.repeat(32), storageKey: `u${release.id}`, uploaderId: userId },
  })
  await db.reportArtifact.create({
    data: { ...file, projectId: project.id, sha: '0'.repeat(40), storageKey: `r${release.id}`, uploaderId: userId },
  })
  return { group, project, release, token: tokens.developer }
}

test('every table that refers to accounts is told of, or is left out for a reason', async () => {
  const found = await db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'users'::regclass ORDER BY 1`
  expect(found.map(({ name }) => name)).toEqual([...Object.keys(tables), ...Object.keys(leftOut)].sort())
})

test('an account is told of each row that refers to it, without names and secrets', async () => {
  const { group, project, release, token } = await createEverything()
  const { status, body } = await rest(app, 'GET', '/user/personal_data', { token })
  expect(status).toBe(200)
  expect(Object.keys(body).sort()).toEqual(['account', ...new Set(Object.values(tables))].sort())
  const written = ['Issue', 'Packages::Package', 'Release', 'ReleaseDraft', 'ReportArtifact', 'Upload']
  expect([...new Set(body.written.map(({ type }: { type: string }) => type))].sort()).toEqual(written)
  const subject = { type: 'Project', id: `gid://gitlab/Project/${project.id}` }
  expect(body).toMatchObject({
    access_tokens: [{ name: 'test' }],
    sessions: [{ scopes: ['api'] }],
    identities: [{ issuer: 'https://login.example.com' }],
    notification_settings: [
      { type: null, id: null, own_activity: true },
      { type: 'Group', id: `gid://gitlab/Group/${group.id}`, level: 'global' },
      { ...subject, level: 'watch', events: {} },
    ],
    release_mails: [{ type: 'Release', id: `gid://gitlab/Release/${release.id}`, refusal: '550 no such mailbox' }],
    tag_rights: [subject],
    imports: [{ ...subject, url: 'https://old.example.com/', source_path: 'old/app', state: 'waiting' }],
    audit_events: [{ event_type: 'x' }],
  })
  expect(body.memberships).toHaveLength(2)
  expect(JSON.stringify(body)).not.toContain('canary')
})
