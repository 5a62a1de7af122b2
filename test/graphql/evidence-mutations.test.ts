import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Collect = graphql(`
  mutation collectEvidence($input: EvidenceCollectInput!) {
    evidenceCollect(input: $input) {
      clientMutationId
      errors
      evidence { id sha filepath collectedAt summary signature }
      release { tagName evidences { count nodes { sha } } }
    }
  }
`)

const collect = (world: World, tagName = world.release.tag, viewer: ViewerName = 'developer') =>
  query(
    app,
    Collect,
    { input: { projectPath: world.project.fullPath, tagName, clientMutationId: 'c1' } },
    { token: world.tokens[viewer] },
  )

describe('evidenceCollect', () => {
  test('evidenceCollect collects signed evidence at once and answers it with the release', async () => {
    const world = await createWorld(app, { tag: 'lib/v1.0.0' })
    const { data, errors } = await collect(world)
    expect(errors).toBeUndefined()
    const evidence = await db.evidence.findFirstOrThrow({
      where: { releaseId: world.release.id },
      orderBy: { id: 'desc' },
    })
    expect(data.evidenceCollect).toEqual({
      clientMutationId: 'c1',
      errors: [],
      evidence: {
        id: `gid://gitlab/Releases::Evidence/${evidence.id}`,
        sha: evidence.sha,
        filepath: `${app.url}/${world.project.fullPath}/-/releases/lib%2Fv1.0.0/evidences/${evidence.id}.json`,
        collectedAt: expect.any(String),
        summary: evidence.summary,
        signature: evidence.signature,
      },
      // The first piece of evidence belongs to the world.
      release: {
        tagName: 'lib/v1.0.0',
        evidences: { count: 2, nodes: [{ sha: expect.any(String) }, { sha: evidence.sha }] },
      },
    })
    expect(evidence).toMatchObject({ occasion: null, signature: expect.stringMatching(/^[\w-]+\.\.[\w-]+$/) })
    expect(evidence.summary).toMatchObject({
      release: { tag_name: 'lib/v1.0.0', milestones: [{ issues: [{}, {}] }], report_artifacts: [] },
    })
  })

  test('evidenceCollect collects each time it is called, and audits each call with its caller', async () => {
    const world = await createWorld(app)
    await collect(world)
    const { data } = await collect(world)
    expect(data.evidenceCollect?.release?.evidences?.count).toBe(3)
    const events = await db.auditEvent.findMany({ where: { projectId: world.project.id } })
    expect(events).toMatchObject(
      [1, 2].map(() => ({
        eventType: 'release_evidence_collected',
        authorId: world.users.developer.id,
        targetType: 'Release',
        targetId: world.release.id,
      })),
    )
  })

  test('evidenceCollect works for a historical release, and for a release whose tag only others may create', async () => {
    const world = await createWorld(app)
    await db.release.update({ where: { id: world.release.id }, data: { releasedAt: new Date(0) } })
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'v*', accessLevels: { create: { accessLevel: 40 } } },
    })
    expect((await collect(world)).data.evidenceCollect?.errors).toEqual([])
  })

  test.each([
    ['a tag without a release', 'none', 'Release does not exist'],
    ['an upcoming release', 'later', 'Evidence of an upcoming release is collected at its release date'],
  ])('evidenceCollect refuses %s in the payload', async (_name, tag, message) => {
    const world = await createWorld(app)
    const releasedAt = new Date(Date.now() + 3_600_000)
    const later = await create.createRelease(world.project, { tag: 'later', releasedAt })
    const { data, errors } = await collect(world, tag)
    expect(errors).toBeUndefined()
    expect(data.evidenceCollect).toEqual({ clientMutationId: 'c1', errors: [message], evidence: null, release: null })
    expect(await db.evidence.count({ where: { releaseId: later.id } })).toBe(0)
  })

  test('evidenceCollect hides the evidence from a viewer who may collect it but may not read it', async () => {
    const world = await createWorld(app, { project: { issuesLevel: 'disabled' } })
    const { data } = await collect(world)
    expect(data.evidenceCollect).toMatchObject({ errors: [], evidence: null, release: { evidences: { nodes: [] } } })
    expect(await db.evidence.count({ where: { releaseId: world.release.id } })).toBe(2)
  })

  test.each(viewers)('evidenceCollect as %s succeeds from the role Developer on', async (viewer) => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const { data, errors } = await collect(world, world.release.tag, viewer)
    if (['developer', 'maintainer', 'owner'].includes(viewer)) {
      expect(data.evidenceCollect?.errors).toEqual([])
    } else {
      expect([data.evidenceCollect, errors?.[0]?.extensions?.code]).toEqual([null, 'NOT_FOUND'])
      // The refusal does not reveal which tags exist either.
      expect((await collect(world, 'none', viewer)).errors).toEqual(errors)
    }
  })
})
