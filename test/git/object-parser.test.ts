import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GitObject, MAX_OBJECT_BYTES, ObjectParser } from '../../src/git/object-parser.ts'

const sha = 'a'.repeat(40)

function parseChunks(chunks: readonly Buffer[]): (GitObject | null)[] {
  const answers: (GitObject | null)[] = []
  const parser = new ObjectParser((object) => answers.push(object))
  for (const chunk of chunks) parser.push(chunk)
  return answers
}

const print = (object: GitObject | null) =>
  object === null
    ? Buffer.from(`${sha} missing\n`)
    : Buffer.concat([
        Buffer.from(`${object.sha} ${object.type} ${object.content.length}\n`),
        object.content,
        Buffer.from('\n'),
      ])

const object = fc.record({
  sha: fc.constantFrom(sha, 'b'.repeat(40), 'c'.repeat(64)),
  type: fc.constantFrom('commit', 'tag', 'blob'),
  content: fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('', '\n', `${sha} missing\n`, `${sha} commit 3\n`).map((text) => Buffer.from(text)),
  ),
})

test('answers come out whole and in order wherever the chunks are cut', () => {
  const input = fc.tuple(fc.array(fc.option(object), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }))
  fc.assert(
    fc.property(input, ([objects, cuts]) => {
      const stream = Buffer.concat(objects.map(print))
      const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
      const chunks = places.slice(1).map((end, at) => stream.subarray(places[at], end))
      expect(parseChunks(chunks)).toEqual(objects)
    }),
  )
})

test('an object above the limit is answered with null, and the next one is read', () => {
  const large = { sha, type: 'commit', content: Buffer.alloc(MAX_OBJECT_BYTES + 1, 'x') }
  const largest = { sha, type: 'commit', content: Buffer.alloc(MAX_OBJECT_BYTES, 'y') }
  const stream = Buffer.concat([large, largest].map(print))
  const chunks = Array.from({ length: Math.ceil(stream.length / 65_536) }, (_, at) =>
    stream.subarray(at * 65_536, (at + 1) * 65_536),
  )
  const [first, second] = parseChunks(chunks)
  expect(first).toBeNull()
  expect(second?.content.equals(largest.content)).toBe(true)
})
