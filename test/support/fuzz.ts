import type { Parameters } from 'fast-check'

const seconds = Number(process.env.FUZZ_SECONDS ?? 0)
const seed = process.env.FUZZ_SEED

/** The number of runs in the suite. `npm run fuzz` goes on for as long as it is told, from a seed that it prints. */
export const runs = <Values>(numRuns: number): Parameters<Values> => ({
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(seconds > 0 ? { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000 } : { numRuns }),
})

/** The number of rounds of a test that draws its own samples: `suite` in `npm test`, `fuzz` in `npm run fuzz`. */
export const roundsOf = ({ suite, fuzz }: { suite: number; fuzz: number }): number => (seconds > 0 ? fuzz : suite)

const SUITE_MS = 120_000

/** The time limit of such a test. A failure takes more time, because it is made smaller. */
export const fuzzTimeout = SUITE_MS + 2 * seconds * 1000
