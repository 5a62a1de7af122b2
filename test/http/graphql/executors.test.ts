// The server compiles a text that comes again. A compiled operation gives the answer of the interpreter, also when fields fail.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Choose, type RandomQuery, randomQuery } from '../../graphql/random-query.ts'
import { toldErrors } from '../../graphql/told-errors.ts'
import { useApp } from '../../support/app.ts'
import type { GraphqlError } from '../../support/client.ts'
import { fuzzTimeout, runs } from '../../support/fuzz.ts'
import { createWorld } from '../../support/world.ts'

const app = useApp()

type Answer = { data?: unknown; errors?: GraphqlError[] }

let sent = 0

type Sent = { data: unknown; errors: string[] }

async function send({ query, variables }: RandomQuery, token: string | null): Promise<Sent> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    body: JSON.stringify({ query, variables }),
  })
  const answer = (await response.json()) as Answer
  return { data: answer.data, errors: toldErrors(answer) }
}

/** The same query with a text that was never sent before. */
const once = (asked: RandomQuery): RandomQuery => ({ ...asked, query: `${asked.query} # ${sent++}` })

const chooser = (choices: readonly number[]): Choose => {
  let at = 0
  return () => choices[at++ % choices.length] ?? 0
}

const operationsKept = async () => {
  const text = await (await fetch(`${app.url}/metrics`)).text()
  return Number(/^waybill_cache_entries\{cache="operations"\} (\S+)$/m.exec(text)?.[1])
}

test(
  'a compiled operation answers what the interpreted one does, and failing fields count',
  async () => {
    const { project, tokens } = await createWorld(app, { project: { visibility: 'private' } })
    const entry = { type: 'Project', field: 'project', args: { fullPath: project.fullPath } }
    const seen = { all: 0, answered: 0, failed: 0 }
    const choices = fc.array(fc.nat(1000), { minLength: 200, maxLength: 200 })
    const before = await operationsKept()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(2, -1, 101), fc.boolean(), choices, async (first, isGuest, numbers) => {
        const token = isGuest ? tokens.guest : tokens.owner
        const given = { tagName: 'v1.0.0', directAssetPath: '/bin/linux', name: 'production', first }
        const asked = randomQuery(entry, chooser(numbers), given)
        const interpreted = await send(once(asked), token)
        for (let time = 0; time < 3; time += 1) expect(await send(asked, token)).toEqual(interpreted)
        seen.all += 1
        if (interpreted.data === undefined) return
        seen.answered += 1
        if (interpreted.errors.length > 0) seen.failed += 1
      }),
      runs(40),
    )
    expect(await operationsKept()).toBeGreaterThan(before)
    expect(seen.answered).toBeGreaterThan(seen.all / 3)
    expect(seen.failed).toBeGreaterThan(seen.all / 20)
  },
  fuzzTimeout,
)

test('a skipped fragment removes nothing that another fragment asks for, however often the query comes', async () => {
  const { project } = await createWorld(app)
  const query = `query ($path: ID!, $no: Boolean!) {
    project(fullPath: $path) { ...A @include(if: $no) ...B @skip(if: $no) path @include(if: $no) }
  } fragment A on Project { name } fragment B on Project { name fullPath }`
  for (let time = 0; time < 3; time += 1) {
    expect(await send({ query, variables: { path: project.fullPath, no: false } }, null)).toEqual({
      data: { project: { name: project.name, fullPath: project.fullPath } },
      errors: [],
    })
  }
})
