import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

test('every test that SECURITY.md names exists', async () => {
  const text = await readFile(path.join(root, 'SECURITY.md'), 'utf8')
  const named = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
})

test('every row of SECURITY.md names a test', async () => {
  const text = await readFile(path.join(root, 'SECURITY.md'), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| could'))
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter((row) => !/`test\/[^`]+`[^|]*\|$/.test(row))).toEqual([])
})
