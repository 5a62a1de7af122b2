// How long the page of 20 releases takes beside the GraphQL query for the same, both without kept answers.
import { expect, test } from 'vitest'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer({ RESPONSE_CACHE: 'off', RATE_LIMITS: 'off' })

const QUERY = `{ project(fullPath: "demo/waybill") { releases(first: 20, sort: RELEASED_AT_DESC) { nodes {
  name tagName descriptionHtml createdAt releasedAt upcomingRelease historicalRelease prerelease makeLatest tagPath
  author { id username name webUrl avatarUrl }
  commit { sha title message authorName authorEmail authoredDate webUrl }
  milestones { nodes { id iid title description state dueDate startDate webPath stats { totalIssuesCount closedIssuesCount } } }
  assets { count sources { nodes { format url } } links { nodes { id name url directAssetUrl linkType } } }
  evidences { nodes { sha filepath collectedAt } }
  links { selfUrl editUrl closedIssuesUrl openedIssuesUrl mergedMergeRequestsUrl }
} } } }`

const headers = () => ({ 'private-token': demo.tokens.maintainer })

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(demo.url + path, {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  expect(response.ok, text).toBe(true)
  return JSON.parse(text)
}

/** 20 releases as projects have them, before the demo's own. */
async function fill(): Promise<void> {
  for (let at = 0; at < 20; at++) {
    await post('/api/v4/projects/demo%2Fwaybill/releases', {
      ...{ tag_name: `v100.${at}.0`, ref: 'main', name: `Release ${at}` },
      description: `## What is new\n\n- one *thing*\n- another [thing](https://example.com)\n\n${'Some more words. '.repeat(30)}`,
      assets: {
        links: [
          { name: 'image', url: 'https://example.com/image' },
          { name: 'package', url: 'https://example.com/package' },
        ],
      },
    })
  }
}

/** The time until the first byte of an answer, in milliseconds. */
async function timeOf(ask: () => Promise<Response>): Promise<number> {
  const begun = performance.now()
  const response = await ask()
  const time = performance.now() - begun
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  return time
}

const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

test('the page of 20 releases begins to come within 1.5 times of what its query takes', async () => {
  await fill()
  const page = () => fetch(`${demo.url}/demo/waybill/-/releases`, { headers: { ...headers(), accept: 'text/html' } })
  const query = () =>
    fetch(`${demo.url}/graphql`, {
      ...{ method: 'POST', headers: { ...headers(), 'content-type': 'application/json' } },
      body: JSON.stringify({ query: QUERY }),
    })
  expect(
    ((await (await query()).json()) as { data: { project: { releases: { nodes: unknown[] } } } }).data.project.releases
      .nodes,
  ).toHaveLength(20)
  const times = { page: [] as number[], query: [] as number[] }
  for (let round = 0; round < 60; round++) {
    times.page.push(await timeOf(page))
    times.query.push(await timeOf(query))
  }
  const [ofPage, ofQuery] = [median(times.page.slice(20)), median(times.query.slice(20))]
  console.info(`page ${ofPage.toFixed(1)} ms, query ${ofQuery.toFixed(1)} ms`)
  expect(ofPage / ofQuery).toBeLessThan(1.5)
}, 120_000)
