// Kills the server in a loop: `npm run test:kills -- --times 300`. A tenth of the kills hit first starts, a third the database.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { times: { type: 'string', default: '300' } } })
if (!/^[1-9]\d{0,4}$/.test(values.times)) {
  process.stderr.write('--times must be a number from 1 to 99999\n')
  process.exit(2)
}
// The data is on a disk, because acknowledged writes must survive a kill.
const env = { ...process.env, KILLS: values.times, TMPDIR: process.env.TMPDIR ?? '/tmp' }
const { status } = spawnSync('npx', ['vitest', 'run', '--project=faults', 'test/faults/kills'], {
  stdio: 'inherit',
  env,
})
process.exit(status ?? 1)
