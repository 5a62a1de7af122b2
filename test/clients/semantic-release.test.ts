import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Clone, cloneRepository, node24, type Ran, remoteOf, runPackage, startRepository } from './run-program.ts'
import { createMilestone, createProject, jobToken, read, releasesOf, useWaybill } from './waybill.ts'

const waybill = useWaybill()

type Program = { name: string; node: string }

const programs: Record<'24' | '25', Program> = {
  24: { name: 'semantic-release', node: process.execPath },
  25: { name: 'semantic-release-25', node: node24 },
}

const app = randomBytes(50_000).toString('base64')

const gitlab = {
  milestones: ['Spring'],
  assets: [
    { path: 'app.txt', target: 'generic_package', label: 'app.txt', filepath: '/bin/app.txt' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the plugin fills it in
    { url: 'https://docs.example.com/${nextRelease.version}', label: 'Handbook', type: 'runbook' },
  ],
}

const configuration = (options: Record<string, unknown>, others: readonly string[] = []) =>
  JSON.stringify({
    branches: ['main', 'next'],
    plugins: [
      '@semantic-release/commit-analyzer',
      '@semantic-release/release-notes-generator',
      ['@semantic-release/gitlab', options],
      ...others,
    ],
  })

/** The variables that GitLab sets in each job. */
const jobEnvironment = (project: string, branch: string) => ({
  CI: 'true',
  GITLAB_CI: 'true',
  CI_API_V4_URL: `${waybill.url}/api/v4`,
  CI_PROJECT_URL: `${waybill.url}/${project}`,
  CI_PROJECT_PATH: project,
  CI_COMMIT_REF_NAME: branch,
})

type Team = {
  project: string
  /** The clone of the person who pushes. */
  desk: Clone
  /** Clones the branch as a pipeline does, and runs the program there. */
  release: (branch?: string) => Promise<Ran>
}

const teams = {
  /** GitLab gives the token to git, and the program gives it to REST. */
  async 'a job token'(name: string, program: Program): Promise<Team> {
    const { project, desk } = await startTeam(name, { ...gitlab, useJobToken: true })
    const token = await jobToken(waybill, project)
    const release = async (branch = 'main') => {
      const { dir } = await cloneRepository(remoteOf(waybill.url, project, token, 'gitlab-ci-token'), branch)
      const env = { ...jobEnvironment(project, branch), CI_JOB_TOKEN: token }
      return runPackage(program.name, [], { cwd: dir, env }, program.node)
    }
    return { project, desk, release }
  },
  /** The program gives the token to git and to REST. */
  async 'an access token'(name: string, program: Program): Promise<Team> {
    const { project, desk } = await startTeam(name, gitlab)
    const token = waybill.tokens.developer
    const release = async (branch = 'main') => {
      const { dir, git } = await cloneRepository(remoteOf(waybill.url, project, token), branch)
      await git('remote', 'set-url', 'origin', remoteOf(waybill.url, project, null))
      const env = { ...jobEnvironment(project, branch), GL_TOKEN: token }
      return runPackage(program.name, [], { cwd: dir, env }, program.node)
    }
    return { project, desk, release }
  },
}

async function startTeam(name: string, options: Record<string, unknown>, others: readonly string[] = []) {
  const project = await createProject(waybill, name)
  await createMilestone(waybill, project, 'Spring')
  const desk = await startRepository(remoteOf(waybill.url, project, waybill.tokens.developer))
  await desk.push('chore: begin', { '.releaserc.json': configuration(options, others), 'app.txt': app })
  return { project, desk }
}

const tagsOf = async (project: string) => (await releasesOf(waybill, project)).map(({ tag_name }) => tag_name)

/** The channels that each version was released to, which the program keeps in notes. */
async function channelsOf({ desk }: Team, tag: string): Promise<unknown> {
  await desk.git('fetch', '--quiet', 'origin', '+refs/notes/*:refs/notes/*', '+refs/tags/*:refs/tags/*')
  return JSON.parse(await desk.git('notes', '--ref', `semantic-release-${tag}`, 'show', tag))
}

const runs = (['24', '25'] as const).flatMap((version) =>
  (['an access token', 'a job token'] as const).map((token) => ({ version, token })),
)

describe.each(runs)('semantic-release $version with $token', ({ version, token }) => {
  const name = `sail-${version}-${token.split(' ')[1]}`

  test('releases what is new, run after run', async () => {
    const team = await teams[token](name, programs[version])
    const { project, desk, release } = team
    const sha = await desk.push('feat: sail by night', { 'sail.txt': 'up' })
    expect(await release()).toMatchObject({ code: 0, output: expect.stringContaining('Published release 1.0.0') })

    const [first] = await releasesOf(waybill, project)
    expect(first).toMatchObject({
      tag_name: 'v1.0.0',
      description: expect.stringContaining('sail by night'),
      commit: { id: sha },
      author: { username: 'developer' },
      milestones: [{ title: 'Spring' }],
    })
    const linkOf = (label: string) => first?.assets.links.find((link) => link.name === label)
    expect(linkOf('Handbook')).toMatchObject({ url: 'https://docs.example.com/1.0.0', link_type: 'runbook' })
    const address = `${waybill.url}/${project}/-/releases/v1.0.0/downloads/bin/app.txt`
    expect(linkOf('app.txt')).toMatchObject({ link_type: 'package', direct_asset_url: address })
    const file = await fetch(address, { headers: { 'private-token': waybill.tokens.developer } })
    expect(await file.text()).toBe(app)
    expect(await channelsOf(team, 'v1.0.0')).toEqual({ channels: [null] })

    await desk.push('fix: mend the sail', { 'sail.txt': 'mended' })
    expect(await release()).toMatchObject({ code: 0, output: expect.stringContaining('Published release 1.0.1') })
    expect(await tagsOf(project)).toEqual(['v1.0.1', 'v1.0.0'])
    expect(await channelsOf(team, 'v1.0.1')).toEqual({ channels: [null] })

    const idle = await release()
    expect(idle).toMatchObject({ code: 0, output: expect.stringContaining('no new version is released') })
    expect(await tagsOf(project)).toEqual(['v1.0.1', 'v1.0.0'])
  })
})

describe('semantic-release', () => {
  test('semantic-release moves a version to the channel of the branch that it is merged into', async () => {
    const team = await teams['an access token']('channels', programs[24])
    const { desk, project, release } = team
    await desk.push('feat: one', { 'one.txt': '1' })
    await release()
    await desk.git('checkout', '--quiet', '-b', 'next')
    await desk.push('feat: two', { 'two.txt': '2' }, 'next')
    expect(await release('next')).toMatchObject({ code: 0 })
    expect(await channelsOf(team, 'v1.1.0')).toEqual({ channels: ['next'] })
    await desk.git('push', '--quiet', 'origin', 'next:main')
    expect(await release()).toMatchObject({ code: 0 })
    expect(await channelsOf(team, 'v1.1.0')).toEqual({ channels: ['next', null] })
    expect(await tagsOf(project)).toEqual(['v1.1.0', 'v1.0.0'])
  })

  /** Git may push with a credential of its own; REST gets the other token. */
  async function tryAs(name: string, token: string) {
    const { project, desk } = await startTeam(name, {})
    await desk.push('feat: sail', { 'sail.txt': 'up' })
    const env = { ...jobEnvironment(project, 'main'), GL_TOKEN: token }
    const ran = await runPackage(programs[24].name, [], { cwd: desk.dir, env })
    return { ...ran, tags: await desk.git('ls-remote', '--tags', 'origin') }
  }

  test.each([
    ['a Reporter', 'reporter', () => waybill.tokens.reporter, 'EGLNOPUSHPERMISSION'],
    ['a stranger', 'stranger', () => waybill.tokens.guest, 'EMISSINGREPO'],
    ['a wrong token', 'wrong', () => 'wbt_wrong', 'EINVALIDGLTOKEN'],
  ])('semantic-release tells %s why not, before it makes a tag', async (_who, name, token, code) => {
    const ran = await tryAs(`refused-${name}`, token())
    expect(ran).toMatchObject({ code: 1, output: expect.stringContaining(code), tags: '' })
  })

  test('semantic-release opens an issue when a release failed', async () => {
    const { project, desk } = await startTeam('failing', { failComment: 'The hold is full' }, ['./full.mjs'])
    const plugin = `export const prepare = () => { throw Object.assign(new Error('full'), { semanticRelease: true }) }`
    await desk.push('feat: sail', { 'full.mjs': plugin })
    const env = { ...jobEnvironment(project, 'main'), GL_TOKEN: waybill.tokens.developer }
    expect(await runPackage(programs[24].name, [], { cwd: desk.dir, env })).toMatchObject({ code: 1 })
    const title = 'The automated release is failing \u{1f6a8}'
    const issues = await read(waybill, project, '/issues')
    expect(issues).toMatchObject([{ title, state: 'opened', description: 'The hold is full' }])
    expect(await tagsOf(project)).toEqual([])
  })
})
