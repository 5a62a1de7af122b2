import { expect, test } from 'vitest'
import { remoteOf, runPackage, startRepository } from './run-program.ts'
import { createProject, useWaybill } from './waybill.ts'

const waybill = useWaybill()

const template = `
[changelog]
body = """
{% for commit in commits %}
- {{ commit.message }} by {{ commit.remote.username }}
{% endfor %}
"""
`

test('git-cliff writes a changelog with what the server knows of the commits', async () => {
  const project = await createProject(waybill, 'changes')
  const desk = await startRepository(remoteOf(waybill.url, project, waybill.tokens.developer))
  await desk.push('feat: sail by night', { 'sail.txt': 'up', 'cliff.toml': template })
  const env = {
    GITLAB_API_URL: `${waybill.url}/api/v4`,
    GITLAB_REPO: project,
    GITLAB_TOKEN: waybill.tokens.reporter,
  }
  const ran = await runPackage('git-cliff', ['--config', 'cliff.toml'], { cwd: desk.dir, env })
  expect(ran).toMatchObject({ code: 0, output: expect.stringContaining('- sail by night by Ada Example') })
})
