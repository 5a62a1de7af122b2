import { expect, test } from 'vitest'
import { decodeText, MalformedText } from '../../src/foundation/text-decoding.ts'

const MIB = 1024 ** 2

function offsetIn(bytes: Buffer, encoding: string): number {
  try {
    decodeText(bytes, encoding)
  } catch (error) {
    if (error instanceof MalformedText) return error.offset
    throw error
  }
  throw new Error('it is text')
}

const endingWith = (text: string, last: number) =>
  Buffer.concat([Buffer.from(text.repeat(Math.ceil((16 * MIB) / Buffer.byteLength(text)))), Buffer.from([last])])

test('a wrong last byte of a long text is found in no more time than reading the text a few times', () => {
  const before = process.cpuUsage()
  for (const [encoding, text] of [
    // A replacement character that was sent is ordinary text.
    ['utf-8', '\uFFFD'],
    ['utf-8', 'x\uFFFDé'],
    ['shift_jis', 'x'],
    ['iso-2022-jp', 'x'],
  ] as const) {
    const bytes = endingWith(text, 0xff)
    expect([encoding, offsetIn(bytes, encoding)]).toEqual([encoding, bytes.length - 1])
  }
  const { user, system } = process.cpuUsage(before)
  // A search that decodes everything before the byte, again and again, takes three times as long.
  expect((user + system) / 1000).toBeLessThan(2500)
})

test.each([1, 4094, 4095, 4096, 4097, 4098, 4099, 4100, 8192, 12_289])(
  'the wrong byte at %d is found among characters of any length',
  (length) => {
    for (const character of ['a', 'é', '\uFFFD', '🎉']) {
      const text = character.repeat(Math.ceil(length / Buffer.byteLength(character)))
      const good = Buffer.from(text)
      for (const wrong of [[0xff], [0x80, 0x80], [0xe2, 0x82], [0x80, 0x80, 0x80, 0x80, 0x80]]) {
        const bytes = Buffer.concat([good, Buffer.from(wrong), good])
        expect([character, wrong, offsetIn(bytes, 'utf-8')]).toEqual([character, wrong, good.length])
      }
    }
  },
)
