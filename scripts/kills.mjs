// The loop of kills: `npm run test:kills -- --times 300`. Of so many kills a tenth hits first starts, and a third the database.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { times: { type: 'string', default: '300' } } })
if (!/^[1-9]\d{0,4}$/.test(values.times)) {
  process.stderr.write('--times must be a number from 1 to 99999\n')
  process.exit(2)
}
// On a disk: what was acknowledged must be there after a kill, wherever it was by then.
const env = { ...process.env, KILLS: values.times, TMPDIR: process.env.TMPDIR ?? '/tmp' }
const { status } = spawnSync('npx', ['vitest', 'run', '--project=faults', 'test/faults/kills'], {
  stdio: 'inherit',
  env,
})
process.exit(status ?? 1)
