import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBoundedQueue } from '../../src/foundation/bounded-queue.ts'

const bounds = { running: 2, waiting: 4, perCaller: 1, longestWaitMs: 5000, what: 'uploads' }
const tooMany = { code: 'UNAVAILABLE', message: 'Too many uploads at a time: try again later', retryAfter: 5 }

/** A task that ends when it is told to. */
function work() {
  let end = () => {}
  const done = new Promise<void>((resolve) => (end = resolve))
  let begun = false
  const begin = () => {
    begun = true
    return done
  }
  return { begin, end, hasBegun: () => begun }
}

test('a bounded queue runs a limited number of tasks at a time, and the others in the order in which they came', async () => {
  const queue = createBoundedQueue(bounds)
  const all = ['a', 'b', 'c', 'd'].map((caller) => ({ caller, ...work() }))
  const runs = all.map(({ caller, begin }) => queue.run(caller, begin))
  const begun = () => all.filter(({ hasBegun }) => hasBegun()).map(({ caller }) => caller)
  await setTimeout()
  expect(begun()).toEqual(['a', 'b'])
  all[1]?.end()
  await setTimeout()
  expect(begun()).toEqual(['a', 'b', 'c'])
  for (const { end } of all) end()
  await Promise.all(runs)
  expect(begun()).toEqual(['a', 'b', 'c', 'd'])
})

test('a caller that already has its share does not hold up the callers behind it', async () => {
  const queue = createBoundedQueue(bounds)
  const [first, second, other] = [work(), work(), work()]
  const runs = [queue.run('a', first.begin), queue.run('a', second.begin), queue.run('b', other.begin)]
  await setTimeout()
  expect([first, second, other].map(({ hasBegun }) => hasBegun())).toEqual([true, false, true])
  for (const { end } of [first, second, other]) end()
  await Promise.all(runs)
})

test('a caller that finds no place in the line is told to come again, and one caller cannot take all places', async () => {
  const queue = createBoundedQueue(bounds)
  const running = work()
  const runs = ['a', 'a', 'a', 'b', 'c', 'd'].map((caller) => queue.run(caller, running.begin))
  await expect(queue.run('a', running.begin)).rejects.toMatchObject(tooMany)
  await expect(queue.run('e', running.begin)).rejects.toMatchObject(tooMany)
  running.end()
  await Promise.all(runs)
})

test('a caller waits no longer than the bound', async () => {
  const queue = createBoundedQueue({ ...bounds, longestWaitMs: 20 })
  const running = work()
  const run = queue.run('a', running.begin)
  await expect(queue.run('a', async () => 'too late')).rejects.toMatchObject({ ...tooMany, retryAfter: 1 })
  running.end()
  await run
})

test('a caller that goes away leaves the line', async () => {
  const queue = createBoundedQueue({ ...bounds, waiting: 1 })
  const running = work()
  const run = queue.run('a', running.begin)
  const leaving = new AbortController()
  const gone = queue.run('a', running.begin, leaving.signal)
  leaving.abort(new Error('gone'))
  await expect(gone).rejects.toThrow('gone')
  const next = queue.run('a', async () => 'next')
  running.end()
  expect(await next).toBe('next')
  await run
})

test('a task that fails makes room', async () => {
  const queue = createBoundedQueue(bounds)
  await expect(queue.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await queue.run('a', async () => 1)).toBe(1)
})
