// `semantic-release` itself is not installed (package.json overrides it): of its hundreds of packages the plugin needs none.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fail, publish, success, verifyConditions } from '@semantic-release/gitlab'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createMilestone } from '../../support/factories.ts'
import { temporaryDirectory } from '../../support/git.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'

const app = useApp()
let world: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v2.0.0', 'v3.0.0'] } })
})

type Created = { jobTokenCreate: { token: string } }

async function jobToken(): Promise<string> {
  const { data } = await query<Created, never>(
    app,
    'mutation ($path: ID!) { jobTokenCreate(input: { projectPath: $path }) { token } }',
    { path: world.project.fullPath },
    { token: world.tokens.developer },
  )
  return data.jobTokenCreate.token
}

/** What semantic-release gives to its plugins, after it has pushed the tag. */
const contextOf = (version: string, env: Record<string, string>, cwd = '.') => ({
  cwd,
  env: { GL_URL: app.url, ...env },
  envCi: {},
  options: { repositoryUrl: `${app.url}/${world.project.fullPath}.git` },
  branch: { name: 'main' },
  nextRelease: { version, gitTag: `v${version}`, gitHead: world.release.sha, notes: `## ${version}\n\n* everything` },
  commits: [{ hash: world.release.sha }],
  releases: [{ name: 'GitLab release' }],
  errors: [],
  logger: { log: () => {}, error: () => {} },
})

const tokenOf = (viewer: ViewerName) => ({ GL_TOKEN: world.tokens[viewer] ?? '' })

describe('@semantic-release/gitlab', () => {
  test('verifies that a Developer may publish', async () => {
    await verifyConditions({}, contextOf('2.0.0', tokenOf('developer')))
  })

  const refused: [string, () => Record<string, string>, string][] = [
    ['a Reporter', () => tokenOf('reporter'), 'EGLNOPUSHPERMISSION'],
    ['a stranger', () => tokenOf('stranger'), 'EMISSINGREPO'],
    ['a wrong token', () => ({ GL_TOKEN: 'wrong' }), 'EINVALIDGLTOKEN'],
  ]

  test.each(refused)('tells %s why not', async (_who, env, code) => {
    await expect(verifyConditions({}, contextOf('2.0.0', env()))).rejects.toMatchObject({ errors: [{ code }] })
  })

  test('publishes a release with an uploaded file and a link', async () => {
    const cwd = await temporaryDirectory()
    const content = randomBytes(50_000)
    await writeFile(path.join(cwd, 'app.tgz'), content)
    await createMilestone({ projectId: world.project.id }, { title: 'Spring' })
    const configuration = {
      milestones: ['Spring'],
      assets: [
        { path: '*.tgz', target: 'generic_package', label: 'app.tgz', filepath: '/bin/app.tgz' },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the plugin fills it in
        { url: 'https://docs.example.com/${nextRelease.version}', label: 'Handbook', type: 'runbook' },
      ],
    }
    const context = contextOf('2.0.0', tokenOf('developer'), cwd)
    const page = `${app.url}/${world.project.fullPath}/-/releases/v2.0.0`
    expect(await publish(configuration, context)).toMatchObject({ url: page })
    await success({}, context)

    const token = world.tokens.reporter
    const { body } = await rest(app, 'GET', `/projects/${world.project.id}/releases/v2.0.0`, { token })
    expect(body).toMatchObject({
      tag_name: 'v2.0.0',
      description: '## 2.0.0\n\n* everything',
      commit: { id: world.release.sha },
      milestones: [{ title: 'Spring' }],
      _links: { self: page },
    })
    const links = body.assets.links as { name: string; link_type: string; url: string; direct_asset_url: string }[]
    const linkOf = (name: string) => links.find((link) => link.name === name)
    expect(linkOf('Handbook')).toMatchObject({ url: 'https://docs.example.com/2.0.0', link_type: 'runbook' })
    expect(linkOf('app.tgz')).toMatchObject({ link_type: 'package', direct_asset_url: `${page}/downloads/bin/app.tgz` })
    const file = await fetch(linkOf('app.tgz')?.direct_asset_url ?? '', { headers: { 'private-token': token ?? '' } })
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true)
  })

  test('publishes with the token of a job', async () => {
    const context = contextOf('3.0.0', { CI_JOB_TOKEN: await jobToken() })
    await verifyConditions({ useJobToken: true }, context)
    await publish({ useJobToken: true }, context)
    await success({ useJobToken: true }, context)
    const release = await db.release.findFirstOrThrow({ where: { tag: 'v3.0.0' } })
    expect(release.authorId).toBe(world.users.developer.id)
  })

  test('opens an issue when a release failed', async () => {
    await fail({ failComment: 'The disk is full' }, contextOf('4.0.0', tokenOf('developer')))
    const { body } = await rest(app, 'GET', `/projects/${world.project.id}/issues`, { token: world.tokens.reporter })
    expect(body).toMatchObject([{ title: 'The automated release is failing \u{1f6a8}', state: 'opened' }, {}, {}])
  })
})
