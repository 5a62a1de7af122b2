import { describe, expect, test } from 'vitest'
import { parseChecksums } from '../../src/client/checksums.ts'

const HEX = 'ab'.repeat(32)
const parse = (text: string) => parseChecksums(Buffer.from(text))

test.each([
  ['blanks without a digest', `a${' '.repeat(500_000)}b`],
  ['blanks before a digest', `a${' '.repeat(500_000)}${HEX}`],
  ['tabs behind the name of an algorithm', `SHA256${'\t'.repeat(500_000)}x`],
  ['one name again and again', `${HEX}  a\n`.repeat(15_000)],
  ['digits without an end', 'a'.repeat(1_000_000)],
  ['algorithms without a digest', 'x sha256:'.repeat(100_000)],
  ['short lines', 'a b\n'.repeat(250_000)],
])('a list of 1 MiB with %s is read at once', (_what, text) => {
  const before = process.cpuUsage()
  parse(text)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(800)
})

describe('a line with the name first', () => {
  test.each([
    [`app.zip: ${HEX}`, 'app.zip'],
    [`app.zip:${HEX}`, 'app.zip'],
    [`my app.zip \t ${HEX}`, 'my app.zip'],
    [`dist/app.zip sha256:${HEX}`, 'app.zip'],
    [`app.zip: SHA-256= ${HEX.toUpperCase()}`, 'app.zip'],
    [`asha256:${HEX}`, 'asha256'],
    [`a:: ${HEX}`, 'a:'],
    [`a : ${HEX}`, 'a '],
  ])('a line with the name first is read: %j', (line, name) => {
    const digests = [{ algorithm: 'sha256', values: [HEX] }]
    expect([...parse(line).named]).toEqual([[name, digests]])
  })

  test.each([`app.zip${HEX}`, `(app.zip) ${HEX}`, `app.zip ${HEX}0`, 'app.zip sha256:'])(
    'a line that only looks like a name and a digest is ignored: %j',
    (line) => {
      expect([...parse(line).named]).toEqual([])
    },
  )
})
