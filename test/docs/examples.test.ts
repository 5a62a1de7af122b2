// Runs the examples for CI systems as the systems do: each job is a shell of its own in the clone of a tag, signed in with an ID
// token of an issuer that the server trusts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runGit } from '../../src/git/git.ts'
import { initRepository } from '../../src/git/mirror-repository.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createTemporaryRepository, temporaryDirectory } from '../support/git.ts'
import { createTrustedIssuer } from '../support/jwt.ts'

const TAG = 'v1.2.0'
const TIMEOUT_MS = 60_000

const example = (name: string) => readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8')

/** The issuers that the comment at the top of an example tells the operator to trust. */
function issuersIn(text: string) {
  const [, value = ''] = /JWT_ISSUERS='(.*?)'$/ms.exec(text.replaceAll(/^# {0,3}/gm, '')) ?? []
  return JSON.parse(value) as { issuer: string; audience: string; userClaim: string; projectRoles: [] }[]
}

type Job = { stage: string; script: string[]; id_tokens?: Record<string, { aud: string }> }
type Pipeline = { stages: string[] } & Record<string, Job>
type Step = { name?: string; run?: string }
type Workflow = { jobs: { release: { steps: Step[] } } }

const gitlab = example('gitlab-ci.yml')
const github = example('github-actions.yml')
const trusted = await Promise.all(
  [gitlab, github].map(async (text) => {
    const [configured] = issuersIn(text)
    if (!configured) throw new Error('no issuer in the example')
    const { issuer, audience, userClaim, projectRoles } = configured
    return createTrustedIssuer({ issuer, audience, userClaim, projectRoles })
  }),
)
const [fromGitlab, fromGithub] = trusted

const app = useApp({ jwtIssuers: () => trusted.map(({ issuer }) => issuer) })

/** The server that hands out ID tokens to the jobs of GitHub. */
let idTokens = ''
const idTokenServer = createServer(async (request, response) => {
  const audience = new URL(request.url ?? '', 'http://localhost').searchParams.get('audience')
  if (request.headers.authorization !== 'Bearer request-token') return void response.writeHead(401).end()
  // The audience in the example is another server than the server of this test.
  const aud = audience === app.url ? fromGithub?.issuer.audience : audience
  const claims = JSON.parse(Buffer.from(request.url?.split('/')[1] ?? '', 'base64url').toString())
  response.end(JSON.stringify({ value: await fromGithub?.signed({ iss: fromGithub.issuer.issuer, aud, ...claims }) }))
})
beforeAll(async () => {
  await once(idTokenServer.listen(0, '127.0.0.1'), 'listening')
  idTokens = `http://127.0.0.1:${(idTokenServer.address() as AddressInfo).port}`
})
afterAll(() => void idTokenServer.close())

/** An empty project, and the clone of a tag that the CI system made for it. */
async function createProjectAndClone() {
  const project = await create.createProject({ visibility: 'private' })
  await initRepository(app.repositories.directory(project.id))
  const developer = await create.createUser()
  await create.addMember({ project }, developer, 'developer')
  const { dir, commits } = await createTemporaryRepository({ commits: 3, tags: [TAG] })
  const clone = await temporaryDirectory()
  await runGit(dir, ['clone', '--quiet', '--branch', TAG, dir, clone])
  return { project, clone, sha: commits.at(-1) ?? '', reader: await create.tokenFor(developer) }
}

async function runJob(cwd: string, lines: readonly string[], variables: Record<string, string>) {
  const { PATH = '' } = process.env
  const env = { PATH, HOME: cwd, GIT_TERMINAL_PROMPT: '0', WAYBILL_URL: app.url, ...variables }
  const script = ['set -eo pipefail', ...lines].join('\n')
  const shell = spawn('bash', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], stdout, stderr] = await Promise.all([once(shell, 'close'), text(shell.stdout), text(shell.stderr)])
  return { code, output: `${stdout}${stderr}` }
}

type Published = {
  project: {
    release: {
      tagName: string
      commit: { sha: string }
      assets: { links: { nodes: { name: string; directAssetUrl: string }[] } }
    }
  }
}

/** The release as its readers find it, with the files that were uploaded for it. */
async function readRelease(fullPath: string, token: string) {
  const document = `query ($path: ID!, $tag: String!) { project(fullPath: $path) { release(tagName: $tag) {
    tagName commit { sha } assets { links { nodes { name directAssetUrl } } } } } }`
  const { data } = await query<Published, object>(app, document, { path: fullPath, tag: TAG }, { token })
  const { release } = data.project
  const files = release.assets.links.nodes.map(async ({ name, directAssetUrl }) => {
    const response = await fetch(directAssetUrl, { headers: { 'private-token': token }, redirect: 'error' })
    return [name, Buffer.from(await response.arrayBuffer())] as const
  })
  return { release, files: Object.fromEntries(await Promise.all(files)) }
}

async function expectPublished({ project, clone, sha, reader }: Awaited<ReturnType<typeof createProjectAndClone>>) {
  const { release, files } = await readRelease(project.fullPath, reader)
  expect(release).toMatchObject({ tagName: TAG, commit: { sha } })
  expect(Object.keys(files).sort()).toEqual(['SHA256SUMS', `app-${TAG}.tar.gz`])
  for (const [name, bytes] of Object.entries(files)) {
    expect(bytes.equals(await readFile(path.join(clone, 'dist', name))), name).toBe(true)
  }
}

test('the GitLab pipeline publishes the release of a tag, with the files that it built', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await createProjectAndClone()
  const { stages, ...rest } = parse(gitlab) as Pipeline
  const jobs = stages.flatMap((stage) => Object.values(rest).filter((job) => job.stage === stage))
  expect(jobs.map(({ stage }) => stage)).toEqual(['build', 'release'])
  const claims = { project_path: world.project.fullPath, ref_protected: 'true' }
  for (const { script, id_tokens = {} } of jobs) {
    const tokens = Object.entries(id_tokens).map(async ([name, { aud }]) => {
      return [name, (await fromGitlab?.signed({ iss: fromGitlab.issuer.issuer, aud, ...claims })) ?? ''] as const
    })
    const ran = await runJob(world.clone, script, {
      CI_COMMIT_TAG: TAG,
      CI_COMMIT_SHORT_SHA: world.sha.slice(0, 8),
      CI_DEFAULT_BRANCH: 'main',
      CI_PROJECT_PATH: world.project.fullPath,
      ...Object.fromEntries(await Promise.all(tokens)),
    })
    expect(ran).toEqual({ code: 0, output: ran.output })
  }
  await expectPublished(world)
})

test('the GitHub workflow publishes the release of a tag, with the files that it built', {
  timeout: TIMEOUT_MS,
}, async () => {
  const world = await createProjectAndClone()
  const { steps } = (parse(github) as Workflow).jobs.release
  const claims = { repository: world.project.fullPath, ref_type: 'tag' }
  const environmentFile = path.join(await temporaryDirectory(), 'env')
  await writeFile(environmentFile, '')
  for (const { name, run } of steps) {
    if (run === undefined) continue
    const ran = await runJob(world.clone, [run], {
      GITHUB_REF_NAME: TAG,
      GITHUB_REPOSITORY: world.project.fullPath,
      GITHUB_SHA: world.sha,
      GITHUB_ENV: environmentFile,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${idTokens}/${Buffer.from(JSON.stringify(claims)).toString('base64url')}/token?api-version=2.0`,
      // The variables that earlier steps left for later steps.
      ...(parseEnv(await readFile(environmentFile, 'utf8')) as Record<string, string>),
    })
    expect(ran, name).toEqual({ code: 0, output: ran.output })
  }
  await expectPublished(world)
})

test('a job of a branch that is not protected publishes nothing', { timeout: TIMEOUT_MS }, async () => {
  const world = await createProjectAndClone()
  const { build, release } = parse(gitlab) as Pipeline
  const claims = { project_path: world.project.fullPath, ref_protected: 'false' }
  const variables = {
    CI_COMMIT_TAG: TAG,
    CI_DEFAULT_BRANCH: 'main',
    CI_PROJECT_PATH: world.project.fullPath,
    WAYBILL_TOKEN:
      (await fromGitlab?.signed({ iss: fromGitlab.issuer.issuer, ...claims, aud: fromGitlab.issuer.audience })) ?? '',
  }
  expect(await runJob(world.clone, build?.script ?? [], variables)).toMatchObject({ code: 0 })
  const { code } = await runJob(world.clone, release?.script ?? [], variables)
  expect(code).not.toBe(0)
  const document = 'query ($path: ID!) { project(fullPath: $path) { releases { nodes { tagName } } } }'
  const { data } = await query<{ project: object }, object>(
    app,
    document,
    { path: world.project.fullPath },
    { token: world.reader },
  )
  expect(data.project).toEqual({ releases: { nodes: [] } })
})
