import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessAttacks } from './access-attacks.ts'
import { archiveAttacks } from './archive-attacks.ts'
import { type Attack, DEFAULT_MEGABYTES, DEFAULT_MS, READY_MS } from './attack.ts'
import { credentialAttacks } from './credential-attacks.ts'
import { gitAttacks } from './git-attacks.ts'
import { graphqlAttacks } from './graphql-attacks.ts'
import { graphqlFloods } from './graphql-floods.ts'
import { httpAttacks } from './http-attacks.ts'
import { pathAttacks } from './path-attacks.ts'
import { readingAttacks } from './reading-attacks.ts'
import { restAttacks } from './rest-attacks.ts'
import { slowAttacks } from './slow-attacks.ts'
import { type Outcome, Stand } from './stand.ts'
import { tagAttacks } from './tag-attacks.ts'
import { uploadAttacks } from './upload-attacks.ts'

const stand = new Stand()

beforeAll(() => stand.open(), 120_000)
afterAll(() => stand.close())

/** The promises that the server makes for every attack and broke in this one. */
function brokenPromises(outcome: Outcome, attack: Attack): string[] {
  const { answers, failure, ms, megabytes, asked, refused, why, slowestMs, programs } = outcome
  const { statuses, ms: maxMs = DEFAULT_MS, megabytes: maxMegabytes = DEFAULT_MEGABYTES } = attack
  const unexpected = answers?.find(({ status }) => !statuses.includes(status))
  const failed = answers?.find(({ body }) => body.includes('INTERNAL_SERVER_ERROR'))
  return [
    failure ?? '',
    answers === null ? `has no answer after ${ms} ms` : '',
    unexpected ? `was answered with ${unexpected.status}, not ${statuses}: ${unexpected.body.slice(0, 300)}` : '',
    failed ? `was answered with an internal error: ${failed.body.slice(0, 200)}` : '',
    ms > maxMs ? `took ${ms} ms, not ${maxMs}` : '',
    megabytes > maxMegabytes ? `took ${megabytes} MB, not ${maxMegabytes}` : '',
    programs > (attack.programs ?? programs) ? `ran ${programs} programs, not ${attack.programs}` : '',
    refused > 0 ? `/ready failed ${refused} times of ${asked}, lastly with ${why}` : '',
    slowestMs > READY_MS ? `/ready took ${slowestMs} ms, not ${READY_MS}` : '',
  ].filter(Boolean)
}

const told = ({ ms, megabytes, slowestMs, programs }: Outcome) =>
  `${ms} ms, ${megabytes} MB, /ready ${slowestMs} ms, ${programs} programs`

async function run(attack: Attack): Promise<void> {
  const outcome = await stand.attack(attack)
  process.stdout.write(`${told(outcome)}: ${attack.name}\n`)
  expect(brokenPromises(outcome, attack)).toEqual([])
  await attack.check?.(outcome.answers ?? [], outcome.target)
}

const subjects: Readonly<Record<string, readonly Attack[]>> = {
  'One GraphQL document': graphqlAttacks,
  'Many GraphQL documents': graphqlFloods,
  'REST and forms': restAttacks,
  Credentials: credentialAttacks,
  Access: accessAttacks,
  Paths: pathAttacks,
  'Heads and connections': httpAttacks,
  'Answers that nobody reads': readingAttacks,
  Git: gitAttacks,
  'Tags in git': tagAttacks,
  Archives: archiveAttacks,
  'Uploads and texts': uploadAttacks,
}

describe.each(Object.entries(subjects))('%s', (_subject, attacks) => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))('the server withstands: %s', (_name, attack) =>
    run(attack),
  )
})

test('clients that send slowly are cut off, many at the same time', async () => {
  const rows: Attack[] = [...slowAttacks]
  const outcomes = await stand.attackTogether(rows)
  outcomes.forEach((outcome, at) => {
    process.stdout.write(`${told(outcome)}: ${rows[at]?.name}\n`)
  })
  const broken = outcomes.map((outcome, at) => [rows[at]?.name, brokenPromises(outcome, rows[at] as Attack)] as const)
  expect(broken.filter(([, promises]) => promises.length > 0)).toEqual([])
})
