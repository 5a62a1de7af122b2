import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalJson,
  digestOf,
  type IssueRow,
  type Json,
  type MilestoneRow,
  type ReleaseRow,
  snapshotOf,
} from '../../../src/modules/evidence/evidence-snapshot.ts'

const day = (text: string) => new Date(`${text}T00:00:00Z`)

const issue = (id: number, values: Partial<IssueRow> = {}): IssueRow => ({
  id,
  projectId: 7,
  title: `Issue ${id}`,
  state: 'opened',
  confidential: false,
  dueDate: null,
  author: { name: 'Ada Example' },
  ...values,
})

const milestone = (id: number, values: Partial<MilestoneRow> = {}): MilestoneRow => ({
  id,
  title: `M${id}`,
  description: null,
  state: 'active',
  iid: id,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  dueDate: null,
  issues: [],
  ...values,
})

const release = (values: Partial<ReleaseRow> = {}): ReleaseRow => ({
  id: 1,
  tag: 'v1.0',
  name: null,
  description: null,
  createdAt: new Date('2026-03-04T05:06:07.089Z'),
  project: { id: 7, name: 'Waybill', description: 'Releases', createdAt: new Date('2025-01-01T00:00:00Z') },
  milestones: [],
  reportArtifacts: [],
  ...values,
})

const titlesIn = (milestones: readonly MilestoneRow[]) =>
  snapshotOf(release({ milestones })).release.milestones.map(({ issues }) => issues.map(({ title }) => title))

describe('a snapshot', () => {
  test('a snapshot holds the release, its project, its milestones and their issues, and nothing else', () => {
    const issues = [issue(5, { dueDate: day('2026-04-01') }), issue(6, { state: 'closed', author: null })]
    const artifact = { id: 9, url: 'https://example.com/tests', fileName: 'tests.xml', size: 12, sha256: 'ab' }
    const milestones = [milestone(3, { description: 'Soon', dueDate: day('2026-05-01'), issues })]
    expect(snapshotOf(release({ name: 'One', description: 'Notes', milestones, reportArtifacts: [artifact] }))).toEqual(
      {
        release: {
          id: 1,
          tag_name: 'v1.0',
          name: 'One',
          description: 'Notes',
          created_at: '2026-03-04T05:06:07.089Z',
          project: { id: 7, name: 'Waybill', description: 'Releases', created_at: '2025-01-01T00:00:00.000Z' },
          milestones: [
            {
              id: 3,
              title: 'M3',
              description: 'Soon',
              state: 'active',
              iid: 3,
              created_at: '2026-01-02T03:04:05.678Z',
              due_date: '2026-05-01',
              issues: [
                { id: 5, title: 'Issue 5', author_name: 'Ada Example', state: 'opened', due_date: '2026-04-01' },
                { id: 6, title: 'Issue 6', author_name: null, state: 'closed', due_date: null },
              ],
            },
          ],
          report_artifacts: [{ url: 'https://example.com/tests', file_name: 'tests.xml', size: 12, sha256: 'ab' }],
        },
      },
    )
  })

  test('a snapshot names a release without a name by its tag', () => {
    expect(snapshotOf(release()).release.name).toBe('v1.0')
  })

  test('a snapshot has open and closed issues, and never a confidential one', () => {
    const issues = [issue(1), issue(2, { state: 'closed' }), issue(3, { confidential: true, title: 'Secret' })]
    const milestones = [milestone(1, { issues })]
    expect(titlesIn(milestones)).toEqual([['Issue 1', 'Issue 2']])
    expect(canonicalJson(snapshotOf(release({ milestones })))).not.toContain('Secret')
  })

  test('a snapshot leaves out what other projects have in a milestone of the group', () => {
    expect(titlesIn([milestone(1, { issues: [issue(1), issue(2, { projectId: 8 })] })])).toEqual([['Issue 1']])
  })

  test('a snapshot is the same in whatever order the rows come', () => {
    const milestones = [milestone(1, { issues: [issue(1), issue(2)] }), milestone(2)]
    const turned = [milestone(2), milestone(1, { issues: [issue(2), issue(1)] })]
    expect(digestOf(snapshotOf(release({ milestones: turned })))).toBe(digestOf(snapshotOf(release({ milestones }))))
  })
})

describe('canonical JSON', () => {
  test('canonical JSON has no blanks, and keys sorted by their UTF-16 code units', () => {
    const value = { b: [1, 'x', null, true], '10': 1, '9': 2, '€': 1, '😀': 2, '\uFB33': 3, a: { z: 1, y: {} } }
    expect(canonicalJson(value)).toBe('{"10":1,"9":2,"a":{"y":{},"z":1},"b":[1,"x",null,true],"€":1,"😀":2,"\uFB33":3}')
  })

  test('canonical JSON writes strings and numbers as RFC 8785 does', () => {
    const numbers = [1 / 3, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0]
    expect(canonicalJson(numbers)).toBe('[0.3333333333333333,1e+30,4.5,0.002,1e-27,0]')
    expect(canonicalJson('\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"')
  })

  test('canonical JSON refuses a value that JSON.parse does not read as a number', () => {
    expect(() => canonicalJson(JSON.parse('[1e999]') as Json)).toThrow('too large')
  })

  test('canonical JSON reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

/** The same value with the keys of every object in the opposite order. */
function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(reversed)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

describe('a digest', () => {
  test('a digest is the lower-case hex SHA-256 of the canonical JSON in UTF-8', () => {
    expect(digestOf({ b: 'é', a: 1 })).toBe(createHash('sha256').update('{"a":1,"b":"é"}', 'utf8').digest('hex'))
    expect(digestOf({})).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a digest does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(digestOf(reversed(value as Json))).toBe(digestOf(value as Json))
      }),
    )
  })

  test('a digest changes with every value', () => {
    const changed = [{ description: '' }, { name: 'v1.1' }, { tag: 'v1.1' }, { milestones: [milestone(1)] }, { id: 2 }]
    const digests = [release(), ...changed.map(release)].map((rows) => digestOf(snapshotOf(rows)))
    expect(new Set(digests).size).toBe(digests.length)
  })
})
