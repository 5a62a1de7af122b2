// Two servers that share a database, repositories and a bucket. One of them is killed now and then, the other one lives on.
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { connectDatabase } from '../../../src/database/db.ts'
import { newDataDir, serve, takePort, until } from '../../process/serve-world.ts'
import { type Bucket, startBucket } from '../../process/two-nodes.ts'
import * as create from '../../support/factories.ts'
import { createRepository } from '../../support/git.ts'
import { startPostgres } from '../../support/postgres-servers.ts'
import type { ServerProcess } from '../../support/server-process.ts'
import type { Target } from '../kills/writers.ts'

export type Node = { url: string; dataDir: string; server: () => ServerProcess; start: () => Promise<void> }

/** Archives are made often and kept on little disk, so that they make way for others all the time. */
const ARCHIVES_MAX_BYTES = 20_000_000

async function createNode(env: Record<string, string>): Promise<Node> {
  const { port, release } = await takePort()
  await release()
  const dataDir = await newDataDir()
  let server: ServerProcess
  return {
    ...{ url: `http://127.0.0.1:${port}`, dataDir, server: () => server },
    async start() {
      server = serve({ ...env, DATA_DIR: dataDir, PORT: String(port) })
      await server.listening()
    },
  }
}

export type Fleet = {
  /** Lives from the beginning to the end. */
  steady: Node
  /** Is killed. */
  victim: Node
  bucket: Bucket
  repositoriesDir: string
  databaseUrl: string
  target: Target
  /** What the command `doctor` finds, and how it ends. */
  examine: () => Promise<{ code: number | null; said: string }>
}

/** Starts the servers and makes the project of a Maintainer, with a release. */
export async function startFleet(): Promise<Fleet> {
  const { url: databaseUrl } = await startPostgres()
  const [bucket, repositoriesDir] = [await startBucket(), await newDataDir()]
  const shared = { DATABASE_URL: databaseUrl, REPOSITORIES_DIR: repositoriesDir, ...bucket.env }
  const usual = { RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ARCHIVES_MAX_BYTES: String(ARCHIVES_MAX_BYTES) }
  const [steady, victim] = [await createNode({ ...shared, ...usual }), await createNode({ ...shared, ...usual })]
  for (const node of [steady, victim]) await node.start()
  const client = connectDatabase({ url: databaseUrl })
  onTestFinished(() => client.$disconnect())
  const [project, user] = [await create.createProject(), await create.createUser()]
  await create.addMember({ project }, user, 'maintainer')
  const repository = path.join(repositoriesDir, `${project.id}.git`)
  await createRepository(repository, { commits: 3 })
  let asked = 0
  const target = {
    ...{ token: await create.tokenFor(user), path: project.fullPath, projectId: project.id, repository },
    databaseUrl: async () => databaseUrl,
    url: () => (asked++ % 2 === 0 ? steady.url : victim.url),
  }
  const made = await fetch(`${steady.url}/api/v4/projects/${project.id}/releases`, {
    method: 'POST',
    headers: { 'private-token': target.token, 'content-type': 'application/json' },
    body: JSON.stringify({ tag_name: 'v1.0.0', ref: 'main' }),
  })
  if (made.status !== 201) throw new Error(await made.text())
  const examine = async () => {
    const doctor = serve({ ...shared, DATA_DIR: steady.dataDir }, ['doctor', '--digests'])
    return { code: (await doctor.ended).code, said: doctor.stdout() + doctor.stderr() }
  }
  return { steady, victim, bucket, repositoriesDir, databaseUrl, target, examine }
}

const START_SECONDS = 60

/** Kills the victim and starts it again. Fails when it does not come back. */
export async function killVictim({ victim }: Fleet): Promise<void> {
  victim.server().kill('SIGKILL')
  await victim.server().ended
  let started = false
  victim.start().then(
    () => (started = true),
    () => {},
  )
  await until(() => started, START_SECONDS)
}
