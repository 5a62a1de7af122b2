import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { useSmallWorld } from './small-world.ts'

const world = useSmallWorld()

const TOO_LONG = '22001'
const UNKNOWN_ENUM = '22P02'

type Link = { name?: string; url?: string; filepath?: string | null; linkType?: string; releaseId?: number }

const refusalOfLink = ({
  name = 'new',
  url = 'https://new',
  filepath = null,
  linkType = 'other',
  releaseId = 1,
}: Link) =>
  world.refusalOf(
    'INSERT INTO asset_links (release_id, name, url, filepath, link_type) VALUES ($1, $2, $3, $4, $5::"LinkType")',
    [releaseId, name, url, filepath, linkType],
  )

/** The result of a check of the database for each value, all in one statement. */
async function accepted(constraint: string, column: string, values: readonly string[]): Promise<boolean[]> {
  const { rows } = await world.client.query<{ check: string }>(
    'SELECT pg_get_constraintdef(oid) AS check FROM pg_constraint WHERE conname = $1',
    [constraint],
  )
  const condition = rows[0]?.check.replace(/^CHECK /, '')
  const sql = `SELECT ${condition} AS ok FROM unnest($1::text[]) WITH ORDINALITY AS t (${column}, at) ORDER BY at`
  return (await world.client.query<{ ok: boolean }>(sql, [values])).rows.map(({ ok }) => ok)
}

/** Written from the words of docs/contract/links.md#rules. */
function isFilepath(path: string): boolean {
  const characters = Array.from(path)
  const [first, second, ...rest] = characters
  const last = rest.at(-1)
  if (first !== '/' || second === undefined || second === '/' || last === undefined) return false
  if (characters.slice(1).join('').includes('//')) return false
  return rest.length >= 2 && rest.every((each) => /[A-Za-z0-9_./-]/.test(each)) && /[A-Za-z0-9]/.test(last)
}

describe('a link', () => {
  test.each<[rule: string, link: Link, refusedBy: string | null]>(
    [
      ['has a name of its own in the release', { name: 'binary' }, 'asset_links_release_id_name_key'],
      ['has a URL of its own in the release', { url: 'https://example.com/binary' }, 'asset_links_release_id_url_key'],
      ['has a path of its own in the release', { filepath: '/bin/linux' }, 'asset_links_release_id_filepath_key'],
      [
        'may have the name, URL and path of one of another release',
        { name: 'binary', url: 'https://example.com/binary', filepath: '/bin/linux', releaseId: 2 },
        null,
      ],
      ['may lack a path like others', { filepath: null }, null],
      [
        'is told apart by the case of its name, URL and path',
        { name: 'Binary', url: 'https://example.com/Binary', filepath: '/bin/Linux' },
        null,
      ],
      ['has a name', { name: '' }, 'asset_links_name_not_blank'],
      ['has no blank name', { name: '\t\n ' }, 'asset_links_name_not_blank'],
      ['has one of four types', { linkType: 'picture' }, UNKNOWN_ENUM],
      ['belongs to a release that exists', { releaseId: 99 }, 'asset_links_release_id_fkey'],
      ['has a URL of 10,000 characters', { url: `https://example.com/${'a'.repeat(9980)}` }, null],
      ['has a path of 128 characters', { filepath: `/${'a'.repeat(127)}` }, null],
      ['has no path of 129 characters', { filepath: `/${'a'.repeat(128)}` }, TOO_LONG],
      ...['/abc', '/a.b-c_d/e9', '/é.x', '/ ab'].map(
        (path) => [`may have the path ${path}`, { filepath: path }, null] as const,
      ),
      ...['', '/ab', '/a/', '/a//b', '/bin//x', 'abc', 'a/bc', '//ab', '/abc\n', '/abc/', '/abc.', '/ab c', '/abé'].map(
        (path) => [`has no path ${JSON.stringify(path)}`, { filepath: path }, 'asset_links_filepath_format'] as const,
      ),
    ].map(([...row]) => row as [string, Link, string | null]),
  )('a link %s', async (_rule, link, refusedBy) => {
    expect(await refusalOfLink(link)).toBe(refusedBy)
  })

  test('a link is stored when its URL differs from another in the same release only after 5,000 characters, and an equal one is refused', async () => {
    const url = `https://example.com/${'a'.repeat(9000)}`
    const two = (second: string) =>
      world.refusalOf(`INSERT INTO asset_links (release_id, name, url) VALUES (1, 'x', $1), (1, 'y', $2)`, [
        `${url}1`,
        `${url}${second}`,
      ])
    expect(await two('2')).toBeNull()
    expect(await two('1')).toBe('asset_links_release_id_url_key')
  })

  test('a link with backslashes in its URL is stored as it is, and its URL is unique with them', async () => {
    const two = (first: string, second: string) =>
      world.refusalOf(`INSERT INTO asset_links (release_id, name, url) VALUES (1, 'x', $1), (1, 'y', $2)`, [
        first,
        second,
      ])
    expect(await two('https://a/\\', 'https://a/\\\\')).toBeNull()
    expect(await two('https://a/\\134', 'https://a/\\')).toBeNull()
    expect(await two('https://a/\\x', 'https://a/\\x')).toBe('asset_links_release_id_url_key')
  })
})

test('the check of paths agrees with the words of the contract', async () => {
  const nearMiss = fc.string({
    unit: fc.constantFrom('/', 'a', 'Z', '0', '_', '-', '.', ' ', 'é', '\n', '😀'),
    maxLength: 8,
  })
  const path = fc.oneof(
    nearMiss,
    nearMiss.map((rest) => `/${rest}`),
    fc.string({ unit: 'binary' }).map((any) => `/${any}`),
  )
  // PostgreSQL stores no NUL at all.
  const paths = fc.array(
    path.map((any) => any.replaceAll('\0', '')),
    { minLength: 500, maxLength: 500, size: 'max' },
  )
  await fc.assert(
    fc.asyncProperty(paths, async (values) => {
      const kept = await accepted('asset_links_filepath_format', 'filepath', values)
      expect(values.filter((_, at) => kept[at])).toEqual(values.filter(isFilepath))
    }),
    { numRuns: 20 },
  )
})

test('a URL is absolute, of one of three schemes, and has a host', async () => {
  const good = [
    'http://localhost',
    'HTTPS://EXAMPLE.com/',
    'ftp://files.example.com/a b',
    'https://[::1]:8443/x',
    'http://10.0.0.1?q',
    'https://me:secret@example.com:80/',
    'https://bücher.example/',
    'https://a#b',
    'https://a@b@c/',
    'http://a:/',
  ]
  const bad = [
    '',
    'example.com',
    '//example.com',
    '/a',
    'http:example.com',
    'http:/example.com',
    'http://',
    'http:///example.com',
    'http://?q',
    'http://#a',
    'http://:80',
    'http://me@',
    'http://me@/a',
    'http://me@:80',
    'http://a:b',
    ' http://a',
    'http:// a',
    'http://a b/',
    'file:///a',
    'javascript:alert(1)',
    'data:,',
    'mailto:a@b',
    'sftp://a',
    'x\nhttp://a',
    'git+https://a',
  ]
  const kept = await accepted('asset_links_url_is_absolute', 'url', [...good, ...bad])
  expect([...good, ...bad].filter((_, at) => kept[at])).toEqual(good)
})
