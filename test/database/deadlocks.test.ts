import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from '../../src/database/db.ts'
import { createDatabase } from '../support/database.ts'
import { createProject, createRelease } from '../support/factories.ts'

const ROUNDS = 100

/** Runs the statements one after the other, again and again, on a connection of its own. */
async function repeat(url: string, statement: (round: number) => string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  for (let round = 0; round < ROUNDS; round++) await client.query(statement(round))
}

test('releases of one project are made and changed at the same time without a deadlock', async () => {
  const database = await createDatabase()
  const db = connectDatabase({ url: database.url })
  // Registered first, so it runs last.
  onTestFinished(() => database.drop())
  onTestFinished(() => db.$disconnect())
  const project = await createProject()
  const releases = await Promise.all([1, 2, 3, 4].map(() => createRelease(project)))
  await Promise.all([
    ...releases.map(({ id }) => repeat(database.url, () => `UPDATE releases SET updated_at = now() WHERE id = ${id}`)),
    ...releases.map(({ id }) =>
      repeat(
        database.url,
        (round) => `INSERT INTO releases (tag, project_id, updated_at) VALUES ('${id}.${round}', ${project.id}, now())`,
      ),
    ),
  ])
  const { releasesCount } = await db.project.findUniqueOrThrow({ where: { id: project.id } })
  expect(releasesCount).toBe(4 + 4 * ROUNDS)
})
