import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Clone, installed, remoteOf, runPackage, startRepository } from './run-program.ts'
import { createProject, jobToken, releasesOf, useWaybill } from './waybill.ts'

const waybill = useWaybill()

/** nx takes only a name with letters for a host. */
const atLocalhost = (url: string) => url.replace('127.0.0.1', 'localhost')

/** Reads and writes the version of a package, for which nx would need another of its packages. */
const versionActions = `
const { VersionActions } = require('nx/release')
const read = (tree, root) => JSON.parse(tree.read(root + '/package.json', 'utf-8'))
module.exports = class extends VersionActions {
  validManifestFilenames = ['package.json']
  async readCurrentVersionFromSourceManifest(tree) {
    return { currentVersion: read(tree, this.projectGraphNode.data.root).version, manifestPath: 'package.json' }
  }
  async readCurrentVersionFromRegistry() { return null }
  async readCurrentVersionOfDependency() { return { currentVersion: null, dependencyCollection: null } }
  async updateProjectVersion(tree, version) {
    const { root } = this.projectGraphNode.data
    tree.write(root + '/package.json', JSON.stringify({ ...read(tree, root), version }, null, 2))
    return ['version ' + version]
  }
  async updateProjectDependencies() { return [] }
}
`

const configuration = () => ({
  release: {
    projects: ['packages/*'],
    releaseTag: { pattern: 'v{version}' },
    version: {
      conventionalCommits: true,
      versionActions: './version-actions.cjs',
      fallbackCurrentVersionResolver: 'disk',
    },
    changelog: {
      workspaceChangelog: {
        createRelease: { provider: 'gitlab', hostname: 'localhost', apiBaseUrl: `${atLocalhost(waybill.url)}/api/v4` },
      },
    },
    git: { pushArgs: '--push-option=ci.skip' },
  },
})

async function startWorkspace(project: string, token: string): Promise<Clone> {
  const desk = await startRepository(atLocalhost(remoteOf(waybill.url, project, token, 'gitlab-ci-token')))
  await symlink(installed, path.join(desk.dir, 'node_modules'))
  await desk.push('chore: begin', {
    'nx.json': JSON.stringify(configuration()),
    'package.json': JSON.stringify({ name: 'fleet', private: true, workspaces: ['packages/*'] }),
    'packages/sail/package.json': JSON.stringify({ name: 'sail', version: '0.0.0' }),
    'version-actions.cjs': versionActions,
    '.gitignore': '.nx\nnode_modules\n',
  })
  return desk
}

const credentials = {
  'an access token': () => ({ variable: 'GITLAB_TOKEN', token: waybill.tokens.developer }),
  'a job token': async (project: string) => ({ variable: 'CI_JOB_TOKEN', token: await jobToken(waybill, project) }),
}

test.each(Object.entries(credentials))('nx release with %s releases what is new, run after run', async (name, of) => {
  const project = await createProject(waybill, `fleet-${name.split(' ')[1]}`)
  const { variable, token } = await of(project)
  const desk = await startWorkspace(project, token)
  const release = (...options: string[]) => {
    const env = { CI: 'true', NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', [variable]: token }
    return runPackage('nx', ['release', '--skip-publish', ...options], { cwd: desk.dir, env })
  }

  await desk.push('feat: sail by night', { 'packages/sail/sail.txt': 'up' })
  expect(await release('--first-release')).toMatchObject({ code: 0 })
  await desk.push('fix: mend the sail', { 'packages/sail/sail.txt': 'mended' })
  expect(await release()).toMatchObject({ code: 0 })
  expect(await release()).toMatchObject({ code: 0, output: expect.stringContaining('No changes were detected') })

  const releases = await releasesOf(waybill, project)
  expect(releases).toMatchObject([
    { tag_name: 'v0.1.1', name: 'v0.1.1', description: expect.stringContaining('mend the sail') },
    { tag_name: 'v0.1.0', description: expect.stringContaining('sail by night'), author: { username: 'developer' } },
  ])
  const [{ commit } = { commit: null }] = releases
  expect(await desk.git('ls-remote', 'origin', 'main')).toBe(`${commit?.id}\trefs/heads/main`)
})
