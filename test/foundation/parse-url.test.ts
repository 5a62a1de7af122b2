import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseUrl } from '../../src/foundation/parse-url.ts'

/** More often than V8 needs to compile the function. */
const MANY = 200_000

test('a URL with letters that are not ASCII is parsed, however often', () => {
  const url = 'https://bücher.example/größe'
  const failures = Array.from({ length: MANY }, () => parseUrl(url)).filter((parsed) => parsed === null)
  expect(failures).toEqual([])
  expect(parseUrl(url)?.href).toBe('https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe')
  expect([parseUrl('no URL'), parseUrl('/a', 'https://example.com')?.href]).toEqual([null, 'https://example.com/a'])
})

test('nothing asks URL.canParse, which fails for such letters in Node 20', async () => {
  const src = new URL('../../src/', import.meta.url)
  const files = (await readdir(src, { recursive: true })).filter((name) => /^(?!generated).*\.ts$/.test(name))
  const texts = await Promise.all(
    files.map(async (name) => [name, await readFile(new URL(name, src), 'utf8')] as const),
  )
  expect(texts.filter(([, text]) => /canParse\(/.test(text)).map(([name]) => name)).toEqual([])
})
