import { compare } from 'semver'
import { expect, test } from 'vitest'
import { sortTags } from '../../../src/modules/releases/tag-order.ts'

const refs = (names: readonly string[]) =>
  [...names].sort().map((name) => ({ name, sha: '', object: null, createdAt: 0 }))
const sorted = (names: readonly string[], descending = false) =>
  sortTags(refs(names), 'version', descending).map(({ name }) => name)

test('a prerelease comes below its release, and a tag without a version below all versions', () => {
  const expected = [
    ...['nightly', 'v1.9', 'v1.10'],
    ...['v1.0.0-rc.1', 'v1.0.0-rc.2', 'v1.0.0-rc.10', 'v1.0.0', 'v1.9.0', 'v1.10.0', 'lib/v2.0.0'],
  ]
  expect(sorted(expected)).toEqual(expected)
  expect(sorted(expected, true)).toEqual([...expected].reverse())
})

/** Numbers by chance, the same in every run. */
function chance(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

test('versions come in the order of SemVer, in both directions', () => {
  const pick = chance(42)
  const identifiers = ['alpha', 'beta', 'rc', '0', '1', '2', '10', '99', 'x-y', 'A', '1a', '-']
  const version = () => {
    const numbers = Array.from({ length: 3 }, () => [0, 1, 2, 9, 10, 11, 100][pick(7)]).join('.')
    const parts = Array.from({ length: pick(4) }, () => identifiers[pick(identifiers.length)])
    return parts.length > 0 ? `${numbers}-${parts.join('.')}` : numbers
  }
  for (let round = 0; round < 50; round += 1) {
    const versions = [...new Set(Array.from({ length: 60 }, version))]
    for (const direction of [1, -1]) {
      const names = sorted(versions, direction < 0)
      expect(names).toHaveLength(versions.length)
      for (const [at, name] of names.slice(1).entries()) {
        expect(direction * compare(names[at] ?? '', name), `${names[at]} before ${name}`).toBeLessThanOrEqual(0)
      }
    }
  }
})

test('tags that are equal in the order are sorted by name, in both directions', () => {
  const names = ['a-1.0.0', 'b-1.0.0', 'v1.0.0']
  for (const descending of [true, false]) {
    expect(sortTags(refs(names), 'updated', descending).map(({ name }) => name)).toEqual(names)
    expect(new Set(sorted(names, descending))).toEqual(new Set(names))
  }
})
