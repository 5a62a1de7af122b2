// Searches that are narrowed by the time at which a project was active, which only REST offers.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { rest } from '../../http/rest/client.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'

const app = useApp({ rateLimits: null })
const DAY = 24 * 60 * 60 * 1000
const year2020 = Date.UTC(2020, 0, 1)
/** When an import made many projects. */
const IMPORT = new Date('2026-03-04T12:00:00Z')
let projects: Project[]
/** Active on the day of the import, two minutes after it. */
let late: Project

/** Five years of days, with the first and the last millisecond of some. */
const times = fc
  .tuple(fc.integer({ min: 0, max: 1800 }), fc.constantFrom(0, 1, DAY / 2, DAY - 1))
  .map(([day, ms]) => new Date(year2020 + day * DAY + ms))

beforeAll(async () => {
  const group = await create.createGroup()
  const active = [
    ...fc.sample(times, 60),
    new Date(year2020),
    new Date(year2020 + 31 * DAY),
    new Date(year2020 + 31 * DAY - 1),
  ]
  projects = []
  for (const [i, updatedAt] of active.entries()) {
    projects.push(await create.createProject({ groupId: group.id, name: `Lighthouse ${i}`, updatedAt }))
  }
  // Of few projects each one is read, and of more the index is asked. So one more was active each day, and most on one day of an import.
  const others = (many: number, at: (i: number) => Date) =>
    Array.from({ length: many }, (_, i) => ({
      ...{
        groupId: group.id,
        name: `Harbour ${i}`,
        visibility: 'public' as const,
        path: `harbour-${at(i).getTime()}-${i}`,
      },
      updatedAt: at(i),
    }))
  await db.project.createMany({ data: others(1800, (day) => new Date(year2020 + day * DAY)) })
  await db.project.createMany({ data: others(1500, () => IMPORT) })
  late = await create.createProject({ name: 'Harbour, late', updatedAt: new Date(IMPORT.getTime() + 120_000) })
})

async function found(query: string): Promise<number[]> {
  const { status, body } = await rest(app, 'GET', `/projects?search=lighthouse&per_page=100&sort=asc&${query}`)
  expect(status, query).toBe(200)
  return body.map(({ id }: { id: number }) => id)
}

const parameter = (name: string, time: Date | null) => (time ? `&${name}=${time.toISOString()}` : '')

test('a search finds exactly the projects that were active between two times', async () => {
  const optional = fc.option(times)
  const property = fc.asyncProperty(
    optional,
    optional,
    fc.constantFrom('id', 'last_activity_at'),
    async (after, before, order) => {
      const among = projects.filter(({ updatedAt }) => (!after || updatedAt > after) && (!before || updatedAt < before))
      const query = `order_by=${order}${parameter('last_activity_after', after)}${parameter('last_activity_before', before)}`
      expect((await found(query)).toSorted((a, b) => a - b)).toEqual(among.map(({ id }) => id))
    },
  )
  await fc.assert(property, { numRuns: 150 })
})

test('times before and after all projects, in the wrong order or far away, leave all or none', async () => {
  const all = projects.map(({ id }) => id)
  expect(await found('last_activity_after=0001-01-01T00:00:00Z&last_activity_before=9999-12-31T23:59:59Z')).toEqual(all)
  expect(await found('last_activity_after=9999-12-31T23:59:59Z')).toEqual([])
  expect(await found('last_activity_before=0001-01-01T00:00:00Z')).toEqual([])
  expect(await found('last_activity_after=2024-01-01T00:00:00Z&last_activity_before=2021-01-01T00:00:00Z')).toEqual([])
})

test('a search among what few projects an import left for the rest of its day reads only these', async () => {
  const after = new Date(IMPORT.getTime() + 60_000)
  const path = `/projects?search=harbour&last_activity_after=${after.toISOString()}`
  const read = await app.stepsOf(async () => {
    const { body } = await rest(app, 'GET', path)
    expect(body.map(({ id }: { id: number }) => id)).toEqual([late.id])
  })
  const rows = read
    .filter((step) => ['projects', 'searched_projects'].includes(step['Relation Name'] ?? ''))
    .map((step) => (step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0)) * step['Actual Loops'])
  expect(Math.max(...rows)).toBeLessThan(10)
})

test('a project is found by the time of its newest release, and by a feature that is switched off', async () => {
  const project = await create.createProject({ name: 'Lighthouse of today', updatedAt: new Date(year2020) })
  const lately = `last_activity_after=${new Date(Date.now() - DAY).toISOString()}`
  expect(await found(lately)).toEqual([])
  await create.createRelease(project)
  expect(await found(lately)).toEqual([project.id])
  expect(await found('with_issues_enabled=false')).toEqual([])
  await db.project.update({
    where: { id: project.id },
    data: { issuesLevel: 'disabled', mergeRequestsLevel: 'private' },
  })
  expect(await found('with_issues_enabled=false')).toEqual([project.id])
  expect(await found('with_merge_requests_enabled=false')).toEqual([])
  expect(await found('with_merge_requests_enabled=true')).toContain(project.id)
})
