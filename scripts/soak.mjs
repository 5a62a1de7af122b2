// Lets two servers work and kills one of them: `npm run soak -- --minutes 60 --kill-every 5`. Exits with 1 when anything was lost or grew.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, 'kill-every': { type: 'string', default: '5' } },
})
for (const [name, value] of Object.entries(values)) {
  if (/^\d{1,4}(?:\.\d+)?$/.test(value) && Number(value) > 0) continue
  process.stderr.write(`--${name} must be a number of minutes\n`)
  process.exit(2)
}
// The data is on a disk, because the memory of the machine is measured.
const env = {
  ...process.env,
  SOAK_MINUTES: values.minutes,
  SOAK_KILL_EVERY: values['kill-every'],
  TMPDIR: process.env.TMPDIR ?? '/tmp',
}
const { status } = spawnSync('npx', ['vitest', 'run', '--project=faults', 'test/faults/soak'], {
  stdio: 'inherit',
  env,
})
process.exit(status ?? 1)
