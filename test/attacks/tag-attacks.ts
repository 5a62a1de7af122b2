// Repositories that somebody pushed to make them hard to read.
import { expect } from 'vitest'
import type { Attack } from './attack.ts'
import { flood } from './wire.ts'

export const tagAttacks: readonly Attack[] = [
  {
    name: 'Tags with messages of 60 MB, listed eight times at once',
    send: flood(8, () => ({ path: '/api/v4/projects/demo%2Flong/repository/tags' }), 8),
    statuses: [200, 413, 422, 429, 503],
    ms: 10_000,
    megabytes: 600,
  },
  {
    name: 'A tag with a message of 60 MB, asked for eight times at once',
    send: flood(8, () => ({ path: '/api/v4/projects/demo%2Flong/repository/tags/long0' }), 8),
    statuses: [200, 413, 422, 429, 503],
    ms: 10_000,
    megabytes: 600,
  },
  {
    name: '5,000 tags, listed 20 times',
    send: flood(20, (n) => ({ path: `/api/v4/projects/demo%2Ftags/repository/tags?per_page=100&page=${n + 1}` })),
    statuses: [200, 429, 503],
    ms: 10_000,
    megabytes: 250,
  },
  {
    name: 'A pattern without end for tags, in the changelogs of a project, 20 asked for at once',
    send: flood(20, (n) => ({ path: `/api/v4/projects/demo%2Fpattern/repository/changelog?version=9.0.${n}` }), 20),
    statuses: [422, 429, 503],
    ms: 8_000,
    megabytes: 250,
    check: (answers) => expect(answers.map(({ body }) => body).join()).toContain('tag_regex takes too long'),
  },
]
