import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isValidRefName, isValidTagName } from '../../src/git/ref-names.ts'

function gitAccepts(ref: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', ref], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Short names made of the characters that the rules are about, so that most samples touch a rule. */
const names = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('a', 'v1', 'é', '日本', '-', '_', 'HEAD', '@', '{', '}', '.', '/', 'lock', '.lock'),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('..', '@{', '//', ' ', '~', '^', ':', '?', '*', '[', '\\', '\t', '\n', '\x7f', ']'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }).filter((text) => !text.includes('\0')) },
    ),
    { minLength: 0, maxLength: 5 },
  )
  .map((parts) => parts.join(''))

describe('the name of a tag', () => {
  test('the name of a tag is legal exactly when git says so, except HEAD and names that look like an option', () => {
    const judge = (name: string) => {
      const expected = gitAccepts(`refs/tags/${name}`) && name !== 'HEAD' && !name.startsWith('-')
      expect(isValidTagName(name), JSON.stringify(name)).toBe(expected)
    }
    fc.assert(fc.property(names, judge), { numRuns: 250 })
    // A git process runs for each name.
  }, 40_000)

  test.each(['v1.0.0', 'debian/2.4.0-1', 'ünïcödé-日本-🚀', '@', 'a@b', 'v1.0+build', 'HEAD/a', 'a-b', 'a{b}'])(
    'the name of a tag may be %s',
    (name) => expect(isValidTagName(name)).toBe(true),
  )

  test.each([
    '',
    'HEAD',
    '-d',
    '--upload-pack=x',
    '.a',
    'a/.b',
    'a.',
    'a..b',
    'a.lock',
    'a.lock/b',
    '/a',
    'a/',
    'a//b',
    'a b',
    'a\n',
  ])('the name of a tag may not be %j', (name) => expect(isValidTagName(name)).toBe(false))

  test('the name of a tag may hold neither a zero byte nor half a character', () => {
    expect(isValidTagName('a\0b')).toBe(false)
    expect(isValidTagName('a\ud83d')).toBe(false)
  })
})

test('a full ref name begins with refs/', () => {
  expect(isValidRefName('refs/heads/main')).toBe(true)
  expect(isValidRefName('heads/main')).toBe(false)
  expect(isValidRefName('refs/heads/a\nrefs/heads/b')).toBe(false)
})
