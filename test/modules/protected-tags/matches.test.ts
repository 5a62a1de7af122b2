import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesTag } from '../../../src/modules/protected-tags/matches.ts'

test.each([
  ['v1.0', 'v1.0', true],
  ['v1.0', 'v1.0.1', false],
  ['v1.0', 'xv1.0', false],
  ['V1.0', 'v1.0', false],
  ['v1.0', 'v1x0', false],
  ['v*', 'v', true],
  ['v*', 'v1.0', true],
  ['v*', 'release/v1.0', false],
  ['*', 'v1.0', true],
  ['*', 'lib/v1.0', true],
  ['**', 'lib/v1.0', true],
  ['*-rc', 'v1-rc', true],
  ['*-rc', 'v1-rc.1', false],
  ['release/*', 'release/a/b', true],
  ['*/v*', 'lib/v1', true],
  ['*/v*', 'v1', false],
  ['v*.*.*', 'v1.2.3', true],
  ['v*.*.*', 'v1.2', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*ab', 'aab', true],
  ['*ab*b', 'abab', true],
  ['v1.[0-9]', 'v1.0', false],
  ['*', '', false],
  ['*', '  ', false],
])('the pattern %s and the tag "%s" match: %s', (pattern, tag, expected) => {
  expect(matchesTag(pattern, tag)).toBe(expected)
})

test('a pattern matches exactly what trying every run of characters finds', () => {
  const naive = (pattern: string, tag: string): boolean => {
    if (pattern === '') return tag === ''
    if (pattern[0] === '*') return naive(pattern.slice(1), tag) || (tag !== '' && naive(pattern, tag.slice(1)))
    return pattern[0] === tag[0] && naive(pattern.slice(1), tag.slice(1))
  }
  const text = (characters: string, minLength: number) =>
    fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength: 8 })
  fc.assert(
    fc.property(text('ab/*', 0), text('ab/', 1), (pattern, tag) => {
      expect(matchesTag(pattern, tag)).toBe(naive(pattern, tag))
    }),
    { numRuns: 2000 },
  )
})

test('a pattern of many stars is answered at once', () => {
  const started = performance.now()
  expect(matchesTag(`${'*a'.repeat(500)}*b`, 'a'.repeat(1000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(100)
})
