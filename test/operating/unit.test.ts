import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFile(path.join(root, file), 'utf8')

/** What systemd says of how exposed the service is: 0 is best, 10 worst. */
const MOST_EXPOSED = 2

test('the unit of systemd is hardened, as systemd itself judges', async () => {
  const { stdout } = await run('systemd-analyze', [
    ...['security', '--offline=true', '--no-pager'],
    path.join(root, 'docs/operate/waybill.service'),
  ])
  const [, exposure = ''] = /Overall exposure level for waybill\.service: ([\d.]+)/.exec(stdout) ?? []
  process.stdout.write(`systemd-analyze security: ${exposure}\n`)
  expect(Number(exposure)).toBeGreaterThan(0)
  expect(Number(exposure)).toBeLessThanOrEqual(MOST_EXPOSED)
})

test('the unit and the image start the server with the bounds of `npm start`', async () => {
  const { scripts } = JSON.parse(await read('package.json'))
  const bounds: string[] = scripts.start.match(/--\S+/g)
  expect(await read('docs/operate/waybill.service')).toContain(`/usr/local/bin/node ${bounds.join(' ')} /opt/waybill/`)
  for (const bound of bounds) expect(await read('Dockerfile')).toContain(`"${bound}", `)
})
