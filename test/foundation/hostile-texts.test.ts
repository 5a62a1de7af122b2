import { expect, test } from 'vitest'
import { parseNodeId } from '../../src/foundation/global-id.ts'
import { assertWithinLimits } from '../../src/foundation/input-limits.ts'
import { parseProjectPath, pathProblems } from '../../src/foundation/project-path.ts'
import { descriptionProblems, nameProblems } from '../../src/foundation/rules.ts'
import { parseTime } from '../../src/foundation/time.ts'
import { Prisma } from '../../src/generated/prisma/client.ts'
import { parseIdentity } from '../../src/git/identity.ts'
import { isValidTagName } from '../../src/git/ref-names.ts'
import { parseTrailers } from '../../src/git/trailers.ts'
import { isUnchanged } from '../../src/http/entity-tag.ts'
import { parseRange } from '../../src/http/files/byte-range.ts'
import { isGitPath } from '../../src/http/git/git-door.ts'
import { splitAddress } from '../../src/http/pages/kit/project-address.ts'
import { parseReleasePath } from '../../src/http/pages/releases/release-path.ts'
import { text, time, validate } from '../../src/http/rest/kit/fields.ts'
import { parseJson } from '../../src/http/rest/kit/json-body.ts'
import { nestFields } from '../../src/http/rest/kit/nested-fields.ts'
import { sentDigest } from '../../src/http/rest/kit/sent-digest.ts'
import { linkProblems } from '../../src/modules/assets/link-rules.ts'
import { assertFreezePeriodValid } from '../../src/modules/freezes/freeze-period-rules.ts'
import { assertWellNamed } from '../../src/modules/packages/package-names.ts'
import { matchesTag } from '../../src/modules/protected-tags/matches.ts'
import { versionKeyOf } from '../../src/modules/releases/tag-name.ts'
import { decodeCursor } from '../../src/rows/cursor.ts'
import { byId } from '../../src/rows/keyset.ts'

const { values } = byId('N', 'asc', Prisma.sql`id`)
const cursors = { argument: 'after', order: 'N', values } as const

const readers: Record<string, (hostile: string) => unknown> = {
  'a cursor': (hostile) => decodeCursor(hostile, cursors),
  'a cursor of JSON': (hostile) =>
    decodeCursor(Buffer.from(JSON.stringify(['N', hostile])).toString('base64url'), cursors),
  'a global ID': parseNodeId,
  'a range of bytes': (hostile) => parseRange(`bytes=${hostile}`, 10),
  'an entity tag': (hostile) => isUnchanged(hostile, '"x"'),
  'a path of git': (hostile) => isGitPath(`/${hostile}`),
  'a text of REST': (hostile) => validate(text('description'), hostile as never),
  'a time of REST': (hostile) => validate(time, hostile as never),
  'a body of JSON': parseJson,
  'a text in a body of JSON': (hostile) => parseJson(JSON.stringify({ [hostile]: hostile })),
  'a field of a form': (hostile) => nestFields([[hostile, hostile]]),
  'a digest': (hostile) => sentDigest({ get: () => hostile } as unknown as Headers),
  'an address below a project': (hostile) => splitAddress(`/${hostile}`),
  'an address of a release': (hostile) => parseReleasePath(hostile.split('/')),
  'an input': (hostile) => assertWithinLimits({ hostile }),
  'a link': (hostile) => linkProblems({ name: hostile, url: hostile, filepath: hostile }),
  "a link's URL": (hostile) => linkProblems({ name: 'a', url: `https://${hostile}`, filepath: `/${hostile}` }),
  'a freeze period': (hostile) => assertFreezePeriodValid({ freezeStart: hostile, cronTimezone: hostile }),
  'a signature of git': (hostile) => parseIdentity(hostile),
  'a tag': isValidTagName,
  trailers: (hostile) => parseTrailers(`title\n\n${hostile}`),
  'a package': (hostile) => assertWellNamed({ packageName: 'a', packageVersion: hostile, fileName: hostile }),
  'a path of a project': parseProjectPath,
  'a path of a group': (hostile) => pathProblems(hostile, null),
  'a pattern of tags': (hostile) => matchesTag(hostile, hostile.replaceAll('*', 'a')),
  'a tag against a pattern': (hostile) => matchesTag('*a*a*a*b', hostile),
  'a version': versionKeyOf,
  'a name': (hostile) => nameProblems('Name', hostile),
  'a description': descriptionProblems,
  'a time': parseTime,
}

/** Each piece is a text on which some careless pattern is slow. */
const pieces = [
  ' ',
  '\n',
  '\n ',
  ' \n',
  '\r',
  '\t\n\r',
  'a',
  '1',
  '-1',
  '1.',
  '.',
  '..',
  '/',
  '/-/',
  '/a',
  '*',
  'a*',
  '[',
  ']',
  '[]',
  '[a]',
  '{"a":',
  '"',
  '\\',
  '\\"',
  ',',
  ', ',
  ':',
  'a: b\n',
  'a : ',
  '=',
  '<',
  '>',
  '<>',
  '@',
  'a@',
  '.git/info/refs',
  ', sha-256=',
  'sha-256=a',
  '%',
  '\u2003',
  '\u{1f680}',
]

const CHARACTERS = 100_000
const MAX_CPU_MS = 150

function cpuOf(run: () => unknown): number {
  const before = process.cpuUsage()
  try {
    run()
  } catch {
    // A refusal is as good as an acceptance.
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test.each(Object.entries(readers))('%s is read in time that grows no faster than its length', (_what, read) => {
  const slow: [string, number][] = []
  for (const piece of pieces) {
    const long = piece.repeat(CHARACTERS / piece.length)
    for (const hostile of [long, `${long}!`, `v1 ${long}\n!`]) {
      const took = cpuOf(() => read(hostile))
      if (took > MAX_CPU_MS) slow.push([`${JSON.stringify(hostile.slice(0, 20))}`, took])
    }
  }
  expect(slow).toEqual([])
})
