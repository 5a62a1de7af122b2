// The tests that send what chance says, each for FUZZ_SECONDS (60), from FUZZ_SEED or a seed of its own, which it prints.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'

const FILES = ['test/fuzz/', 'test/graphql/redaction-property.test.ts']
const MAX_SEED = 2 ** 31

const { FUZZ_SEED = String(randomInt(MAX_SEED)), FUZZ_SECONDS = '60' } = process.env
process.stdout.write(`FUZZ_SEED=${FUZZ_SEED} FUZZ_SECONDS=${FUZZ_SECONDS} npm run fuzz\n`)
const env = { ...process.env, FUZZ_SEED, FUZZ_SECONDS }
const { status } = spawnSync('npx', ['vitest', 'run', '--project=code', ...FILES], { stdio: 'inherit', env })
process.exit(status ?? 1)
