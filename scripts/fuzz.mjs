// Runs the tests with random input, each for FUZZ_SECONDS (60). The seed is FUZZ_SEED or a random one, which is printed.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'

const FILES = [
  ...['test/fuzz/', 'test/graphql/redaction-property.test.ts', 'test/http/graphql/executors.test.ts'],
  ...['test/markdown/render.test.ts', 'test/http/graphql/kept-answers.test.ts'],
]
const MAX_SEED = 2 ** 31

const { FUZZ_SEED = String(randomInt(MAX_SEED)), FUZZ_SECONDS = '60' } = process.env
process.stdout.write(`FUZZ_SEED=${FUZZ_SEED} FUZZ_SECONDS=${FUZZ_SECONDS} npm run fuzz\n`)
const env = { ...process.env, FUZZ_SEED, FUZZ_SECONDS }
const { status } = spawnSync('npx', ['vitest', 'run', '--project=code', ...FILES], { stdio: 'inherit', env })
process.exit(status ?? 1)
