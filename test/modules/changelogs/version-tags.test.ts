import { parse } from 'semver'
import { expect, test } from 'vitest'
import { insertSection } from '../../../src/modules/changelogs/insert-section.ts'
import { stableTagBelow } from '../../../src/modules/changelogs/version-tags.ts'

const version = (text: string) => parse(text) ?? expect.fail(`${text} is no version`)
const tags = (...names: string[]) => names.map((name) => ({ name, sha: name, object: null, createdAt: 0 }))
const below = async (text: string, names: string[], pattern: string | null = null) =>
  (await stableTagBelow(tags(...names), version(text), pattern))?.name ?? null

test('a changelog begins after the highest stable tag below its version', async () => {
  const names = ['v1.0.0', '1.2.0', 'v1.10.0-rc.1', 'v1.9.0', 'v2.0.0', 'app-1.9.5', 'nightly', '1.2']
  expect(await below('1.10.0', names)).toBe('v1.9.0')
  expect(await below('1.9.0', names)).toBe('1.2.0')
  expect(await below('1.0.0', names)).toBeNull()
})

test('a pattern says which tags are versions', async () => {
  const pattern = '\\Aapp-(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)(?:-(?<pre>.+))?\\z'
  expect(await below('3.0.0', ['v2.0.0', 'app-1.1.0', 'app-1.2.0-rc1', 'xapp-1.5.0', 'app-1.0.0'], pattern)).toBe(
    'app-1.1.0',
  )
})

test('a pattern without end is ended, and the process answers meanwhile', async () => {
  const begun = performance.now()
  let turns = 0
  const ticks = setInterval(() => turns++, 5)
  const names = Array.from({ length: 100 }, () => `${'a'.repeat(60)}!`)
  await expect(below('3.0.0', names, '^(a+)+$')).rejects.toThrow('tag_regex takes too long')
  clearInterval(ticks)
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect(turns).toBeGreaterThan(5)
})

test('a section comes before the highest older version, and once', () => {
  const insert = (changelog: string, text: string) => insertSection(changelog, version(text), `## ${text}\n`)
  expect(insert('', '1.0.0')).toBe('## 1.0.0\n')
  expect(insert('Intro\n', '1.0.0')).toBe('Intro\n\n## 1.0.0\n')
  expect(insert('## 2.0.0\n\n## 1.0.0\n', '1.5.0')).toBe('## 2.0.0\n\n## 1.5.0\n\n## 1.0.0\n')
  expect(insert('## 1.0.0\n\n## 1.2.0\n', '1.5.0')).toBe('## 1.0.0\n\n## 1.5.0\n\n## 1.2.0\n')
  expect(insert('## 2.0.0 (2026)\n', '1.0.0')).toBe('## 2.0.0 (2026)\n\n## 1.0.0\n')
  expect(insert('x\n\n## v1.5.0 (2026)\n', '1.5.0')).toBeNull()
})
