import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { temporaryDirectory } from '../../support/git.ts'
import { createWorld } from '../../support/world.ts'

const app = useApp()

type Created = { jobTokenCreate: { token: string } }

/** The script that GitLab's documentation gives for pipelines, with the variables of a pipeline. */
const SCRIPT = `
set -euo pipefail
package_url="$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/generic/awesome/$VERSION"
curl --silent --show-error --fail-with-body --header "JOB-TOKEN: $CI_JOB_TOKEN" --upload-file linux.bin "$package_url/linux.bin"
curl --silent --show-error --fail-with-body --header "JOB-TOKEN: $CI_JOB_TOKEN" --header 'content-type: application/json' \\
  --request POST "$CI_API_V4_URL/projects/$CI_PROJECT_ID/releases" --data @- <<JSON
{"tag_name": "v$VERSION", "ref": "$CI_COMMIT_SHA", "assets": {"links": [
  {"name": "linux", "url": "$package_url/linux.bin", "direct_asset_path": "/bin/linux", "link_type": "package"}]}}
JSON
curl --silent --show-error --fail --location --header "JOB-TOKEN: $CI_JOB_TOKEN" --output downloaded.bin \\
  "$CI_API_V4_URL/projects/$CI_PROJECT_ID/releases/v$VERSION/downloads/bin/linux"
`

test('a pipeline uploads a file with curl, releases it, and downloads it by its permanent link', async () => {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const { data } = await query<Created, never>(
    app,
    'mutation ($path: ID!) { jobTokenCreate(input: { projectPath: $path }) { token } }',
    { path: world.project.fullPath },
    { token: world.tokens.developer },
  )
  const cwd = await temporaryDirectory()
  const content = randomBytes(2_000_000)
  await writeFile(path.join(cwd, 'linux.bin'), content)
  const env = {
    ...{ PATH: process.env.PATH, CI_API_V4_URL: `${app.url}/api/v4`, CI_PROJECT_ID: String(world.project.id) },
    ...{ CI_JOB_TOKEN: data.jobTokenCreate.token, CI_COMMIT_SHA: world.release.sha ?? '', VERSION: '3.0.0' },
  }
  const { stdout } = await promisify(execFile)('bash', ['-c', SCRIPT], { cwd, env })
  expect(stdout).toContain('{"message":"201 Created"}')
  expect(stdout).toContain('"tag_name":"v3.0.0"')
  expect((await readFile(path.join(cwd, 'downloaded.bin'))).equals(content)).toBe(true)
})
