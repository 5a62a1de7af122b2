// A private project whose releases link to files of another server, and the command that downloads them.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { TestApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, type World } from '../support/world.ts'
import { releaseCommands, withoutPipeline } from './release-world.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
type Downloaded = { files: { name: string; file: string; size: number; sha256: string; checkedAgainst: string[] }[] }

export const sha256 = (text: string) => createHash('sha256').update(text)
export const hex = (text: string) => sha256(text).digest('hex')

export function useDownloads(app: TestApp) {
  withoutPipeline()
  /** The server of the files, on another host than Waybill. */
  const answers = new Map<string, Answer>()
  const credentials: unknown[] = []
  const files = createServer((request, response) => {
    const { authorization, 'private-token': privateToken, 'job-token': jobToken } = request.headers
    credentials.push(authorization ?? privateToken ?? jobToken)
    const answer = answers.get(request.url ?? '')
    if (answer) answer(request, response)
    else response.writeHead(404).end()
  })
  let filesUrl = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
    filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  })
  afterAll(() => {
    files.closeAllConnections()
    files.close()
  })

  const serve = (path: string, text: string, headers: Record<string, string> = {}) => {
    answers.set(path, (_request, response) => void response.writeHead(200, headers).end(text))
    return `${filesUrl}${path}`
  }

  const serveBytes = (path: string, content: Buffer | string) => {
    answers.set(path, (_request, response) => void response.end(content))
    return `${filesUrl}${path}`
  }

  let world: World
  beforeAll(async () => {
    world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v1.0.0', 'sources'] } })
  })

  /** A release with nothing but these links, and a folder for the download that does not exist yet. */
  async function releaseOf(links: { name: string; url: string; filepath?: string }[], data: { tag?: string } = {}) {
    const release = await create.createRelease(world.project, { ...data, sha: world.release.sha })
    for (const link of links) await create.createLink(release, link)
    const directory = join(await temporaryDirectory(), 'new', 'folder')
    const commands = releaseCommands(app, world, 'reporter')
    const args = ['download', '--tag', release.tag, '--directory', directory]
    return {
      release,
      directory,
      run: (...more: string[]) => commands.run(...args, ...more),
      download: async (...more: string[]) => (await commands.json<Downloaded>(...args, ...more)).files,
      saved: () => readdir(directory).catch(() => []),
    }
  }

  return {
    answers,
    credentials,
    serve,
    serveBytes,
    releaseOf,
    filesUrl: () => filesUrl,
    world: () => world,
  }
}
