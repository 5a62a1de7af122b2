// Ordinary clients at a steady pace, on connections that stay open. Every answer that is not a good one is a failure.
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { db } from '../../src/database/db.ts'
import type { JobProject } from '../process/job-project.ts'

export const AT_ONCE = 8
const PAUSE_MS = 10

type Failure = { id: number; what: string; why: string }
type Request = { what: string; method: string; at: string; body?: unknown; good: RegExp; milestone?: string }

const query = (path: string) => `{ project(fullPath: "${path}") { milestones(first: 3) { nodes { title } } } }`

/**
 * Four of five requests are POSTs, which no proxy repeats. The number of kinds is odd, so that each of two servers gets all kinds
 * in turn.
 */
function requestOf(id: number, { path, projectId }: JobProject): Request {
  const rest = `/api/v4/projects/${projectId}`
  switch (id % 5) {
    case 0:
      return { what: 'read by REST', method: 'GET', at: `${rest}/milestones?per_page=3`, good: /^\[/ }
    case 1: {
      const title = `milestone-${id}`
      const body = { title }
      return { what: 'write', method: 'POST', at: `${rest}/milestones`, body, good: /"title"/, milestone: title }
    }
    default:
      return {
        what: 'query',
        method: 'POST',
        at: '/graphql',
        body: { query: query(path) },
        good: /^\{"data":\{"project":\{/,
      }
  }
}

async function send(
  agent: Agent,
  url: string,
  { method, at, body, good }: Request,
  token: string,
): Promise<string | null> {
  try {
    const headers = { 'private-token': token, 'content-type': 'application/json' }
    const sent = request(url + at, { agent, method, headers }).end(
      body === undefined ? undefined : JSON.stringify(body),
    )
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const text = Buffer.concat(await response.toArray()).toString()
    const isGood = response.statusCode === 200 || response.statusCode === 201
    return isGood && good.test(text) ? null : `${response.statusCode} ${text.slice(0, 200)}`
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code} ${(error as Error).message}`
  }
}

/** Begins to send at once. */
export function createTraffic(url: string, project: JobProject) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const failures: Failure[] = []
  const created: string[] = []
  let [sent, answered, ended] = [0, 0, false]
  const client = async () => {
    while (!ended) {
      const id = sent++
      const asked = requestOf(id, project)
      const why = await send(agent, url, asked, project.token)
      if (why !== null) failures.push({ id, what: asked.what, why })
      else answered += 1
      if (why === null && asked.milestone) created.push(asked.milestone)
      await setTimeout(PAUSE_MS)
    }
  }
  const clients = Promise.all(Array.from({ length: AT_ONCE }, client))
  return {
    sent: () => sent,
    async end() {
      ended = true
      await clients
      agent.destroy()
      return { answered, failures, created }
    },
    existing: async () =>
      (await db.milestone.findMany({ where: { projectId: project.projectId } })).map(({ title }) => title),
  }
}
