// Two servers as on two machines: each has a DATA_DIR of its own. They share the database, the repositories and a bucket.
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import S3rver from 's3rver'
import { onTestFinished } from 'vitest'
import { db } from '../../src/database/db.ts'
import * as create from '../support/factories.ts'
import { createJobProject, type JobProject } from './job-project.ts'
import { newDataDir, serve } from './serve-world.ts'

export type Bucket = { env: Record<string, string>; directory: string; keys: () => Promise<string[]> }

/** A store of S3 until the test ends. Each file of it is a file of its folder. */
export async function startBucket(): Promise<Bucket> {
  const directory = path.join(await newDataDir(), 's3')
  const store = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: [{ name: 'files', configs: [] }],
  })
  const { port } = await store.run()
  onTestFinished(() => store.close())
  const credentials = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }
  return {
    env: { STORAGE: `s3://files?endpoint=http://127.0.0.1:${port}`, ...credentials },
    directory,
    async keys() {
      const found = await filesBelow(path.join(directory, 'files'))
      return found.flatMap((file) => /^(.+)\._S3rver_object$/.exec(file)?.[1] ?? [])
    },
  }
}

/** The store removes a folder with its last file, which may be while the folder is read. */
async function filesBelow(directory: string): Promise<string[]> {
  for (;;) {
    const found = await readdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => error)
    if (Array.isArray(found)) return found
    if (found.code !== 'ENOENT') throw found
  }
}

export type TwoNodes = JobProject & { urls: [string, string]; dataDirs: [string, string]; bucket: Bucket }

/** The project's token is that of its owner. */
export async function startTwoNodes(): Promise<TwoNodes> {
  const project = await createJobProject()
  const owner = await create.createUser()
  await create.addMember({ project: await db.project.findFirstOrThrow() }, owner, 'owner')
  const bucket = await startBucket()
  const dataDirs: [string, string] = [await newDataDir(), await newDataDir()]
  const env = { ...project.env, ...bucket.env, RATE_LIMITS: 'off' }
  const [one, two] = dataDirs.map((dataDir) => serve({ ...env, DATA_DIR: dataDir }))
  if (!one || !two) throw new Error('no servers')
  const urls: [string, string] = [await one.listening(), await two.listening()]
  return { ...project, token: await create.tokenFor(owner), urls, dataDirs, bucket }
}

/** Asks as the project's owner, also by git's paths. */
export const askNode = ({ token }: TwoNodes, url: string, init: RequestInit = {}): Promise<Response> => {
  const authorization = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`
  const credential = url.includes('.git/') ? { authorization } : { 'private-token': token }
  return fetch(url, { ...init, headers: { ...init.headers, ...credential } })
}
