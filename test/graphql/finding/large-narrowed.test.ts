// What a search for a common word reads and takes among 100,000 projects when something else narrows it.
// docs/decisions/0049-finding-projects.md has the times.
import { describe, expect, test } from 'vitest'
import { rest } from '../../http/rest/client.ts'
import { query } from '../../support/client.ts'
import { largeViewers, useLargeWorld } from './large-world.ts'

const { app, tokens, costOf } = useLargeWorld()

const KEYS = [
  'archived: ONLY',
  'visibilityLevel: internal',
  'topics: ["none"]',
  'membership: true',
  'withIssuesEnabled: false',
  'withMergeRequestsEnabled: false',
]

/** A project was active in each minute. */
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** Which projects these times leave. */
const TIMES = [
  ['none', 'last_activity_after', 0],
  ['the latest 20', 'last_activity_after', 20],
  ['the latest 400', 'last_activity_after', 400],
  ['the latest 2,000', 'last_activity_after', 2000],
  ['the latest 4,800', 'last_activity_after', 4800],
  ['the latest 5,200', 'last_activity_after', 5200],
  ['the latest 10,000', 'last_activity_after', 10_000],
  ['the latest half', 'last_activity_after', 50_000],
  ['the earliest half', 'last_activity_before', 50_000],
  ['the earliest 3,000', 'last_activity_before', 97_000],
  ['the earliest 20', 'last_activity_before', 99_980],
] as const

const ORDERS = [
  'order_by=id',
  'order_by=id&sort=asc',
  'order_by=name',
  'order_by=last_activity_at',
  'order_by=similarity',
]

describe.each(largeViewers)('%s', (viewer) => {
  test.each(KEYS)('a search with %s reads no other matches', async (args) => {
    for (const word of ['service', 'harbours']) {
      for (const [sort, most] of [
        ['id_desc', 4300],
        ['name_asc', 6100],
      ] as const) {
        const document = `{ projects(search: "${word}", ${args}, sort: "${sort}", first: 100) { nodes { name } } }`
        const { rows, ms } = await costOf(async () => {
          expect((await query(app, document, {}, { token: tokens[viewer] })).errors).toBeUndefined()
        })
        console.info(`${viewer}, ${word}, ${args}, ${sort}: ${rows} rows, ${ms.toFixed(1)} ms`)
        expect(rows, `${word} ${sort}`).toBeLessThanOrEqual(most)
      }
    }
  })

  // It reads the matches among 4,000 ids at a time, or of less than 10 days among 12,000. Of those of the first and the last day or month it
  // reads the projects, too, and 500 projects to see whether there are more, for the page and for the count.
  test.each(TIMES)('a search among %s reads few rows (%s)', { timeout: 300_000 }, async (_which, argument, minutes) => {
    for (const word of ['service', 'library', 'harbours', 'lantern', 'elderly', 'nowhere']) {
      const times: string[] = []
      for (const order of ORDERS) {
        const path = `/projects?search=${word}&${argument}=${minutesAgo(minutes)}&${order}&per_page=100`
        const { rows, ms } = await costOf(async () => {
          expect((await rest(app, 'GET', path, { token: tokens[viewer] })).status).toBe(200)
        })
        times.push(`${order}: ${rows} rows, ${ms.toFixed(1)} ms`)
        expect(rows, `${word} ${order}`).toBeLessThanOrEqual(10_000)
      }
      console.info(`${viewer}, ${word}, ${argument} ${minutes} minutes ago: ${times.join('; ')}`)
    }
  })
})
