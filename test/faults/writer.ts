import { onTestFinished } from 'vitest'
import { connectDatabase } from '../../src/database/db.ts'
import * as create from '../support/factories.ts'

/** Makes a project in the database, and returns a function that sends one write to the server. */
export async function createWriter(url: string, databaseUrl: string): Promise<(title: string) => Promise<Response>> {
  const client = connectDatabase({ url: databaseUrl })
  onTestFinished(() => client.$disconnect())
  const project = await create.createProject()
  const maintainer = await create.createUser()
  await create.addMember({ project }, maintainer, 'maintainer')
  const token = await create.tokenFor(maintainer)
  return (title) =>
    fetch(`${url}/api/v4/projects/${project.id}/milestones`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'private-token': token },
      body: JSON.stringify({ title }),
      signal: AbortSignal.timeout(30_000),
    })
}
