import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { RENDERER_VERSION } from '../../src/markdown/render.ts'
import { createDatabase } from '../support/database.ts'
import { newDataDir, serve } from './serve-world.ts'

const AT_ONCE = 8
/** Until an answer is refused it may hold this. */
const ANSWER_MB = 20
/** The answers have 18 MB each. More of them would be above what clients may leave unread, and a slow client would be cut off. */
const GIVEN_AT_ONCE = 6
const ROUNDS = 3

/**
 * A public project with 100 releases. Each has notes and HTML of a megabyte, which compress well, so that they are small on the
 * disk.
 */
async function createLongNotes(url: string): Promise<void> {
  await withConnection(url, async (client) => {
    await client.query(`INSERT INTO groups (name, path, full_path, visibility) VALUES ('g', 'g', 'g', 'public')`)
    await client.query(`INSERT INTO projects (group_id, name, path, full_path, visibility, updated_at)
      SELECT id, 'p', 'p', 'g/p', 'public', now() FROM groups`)
    await client.query(`INSERT INTO releases (project_id, tag, description, description_html, renderer_version, released_at)
      SELECT p.id, 'v' || at, repeat('some notes ', 90000), repeat('some notes ', 90000), ${RENDERER_VERSION}, now() - at * interval '1 day'
      FROM projects p, generate_series(1, 100) AS at`)
  })
}

test('answers of 200 MB asked for 8 at a time take less memory than they would hold, and /ready answers meanwhile', async () => {
  const database = await createDatabase()
  await createLongNotes(database.url)
  const server = serve({ DATABASE_URL: database.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  const graphql = (paging: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `{ project(fullPath: "g/p") { releases(${paging}) { nodes { description descriptionHtml } } } }`,
      }),
    })
  const rest = (perPage: number) =>
    fetch(`${url}/api/v4/projects/g%2Fp/releases?include_html_description=true&per_page=${perPage}`)
  await (await graphql('first: 1')).text()
  const before = server.peakMemory()

  for (let round = 0; round < ROUNDS; round++) {
    const asked = Array.from({ length: AT_ONCE }, (_, at) => (at % 2 ? graphql('first: 100') : rest(100)))
    const ready = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })
    expect(ready.status).toBe(200)
    for (const text of await Promise.all(asked.map(async (answer) => (await answer).text()))) {
      expect(text.length).toBeLessThan(100_000)
      expect(text).toContain('The answer would hold more than 20000000 bytes')
    }
  }
  const refused = server.peakMemory()
  console.info(`refused: ${Math.round(before)} to ${Math.round(refused)} MB`)
  expect(refused - before).toBeLessThan(AT_ONCE * ANSWER_MB)

  for (let round = 0; round < ROUNDS; round++) {
    const asked = Array.from({ length: GIVEN_AT_ONCE }, (_, at) => (at % 2 ? graphql('first: 9') : rest(9)))
    for (const text of await Promise.all(asked.map(async (answer) => (await answer).text()))) {
      expect(text.length).toBeGreaterThan(9 * 2 * 990_000)
    }
  }
  console.info(`given: to ${Math.round(server.peakMemory())} MB`)
  expect(server.peakMemory() - refused).toBeLessThan(700)
}, 120_000)
