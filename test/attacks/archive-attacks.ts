import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Attack, type Send, STILL_OPEN, type Target } from './attack.ts'
import { ask, dial, flood, head, inTurn, send, unread } from './wire.ts'

const archive = (project: string, format = 'tar', ref = 'main') => `/demo/${project}/-/archive/${ref}/x.${format}`

/** The bound of the folder of archives, unfinished ones included: `ARCHIVES_MAX_BYTES` of the stand. */
const MAX_FOLDER_BYTES = 1024 ** 3
const LOOK_EVERY_MS = 250

async function folderBytes({ dataDir }: Target): Promise<number> {
  const folder = path.join(dataDir, 'archives')
  const names = await readdir(folder, { recursive: true })
  const sizes = names.map((name) =>
    stat(path.join(folder, name)).then(
      ({ size, blocks }) => Math.min(size, blocks * 512),
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Reads a little now and then, as a client does that wants to keep the server busy. */
const readSlowly =
  (paths: readonly string[], holdMs: number): Send =>
  async (target) => {
    const sockets = await Promise.all(
      paths.map(async (one) => {
        const socket = (await dial(target)).pause()
        socket.write(head(`GET ${one} HTTP/1.1`))
        return socket
      }),
    )
    const until = performance.now() + holdMs
    const statuses = sockets.map(() => STILL_OPEN)
    while (performance.now() < until && statuses.some((status) => status < 400)) {
      await setTimeout(LOOK_EVERY_MS)
      sockets.forEach((socket, at) => {
        const piece = socket.read(10_000) ?? socket.read()
        if (statuses[at] === STILL_OPEN && piece) statuses[at] = Number(/^HTTP\/1\.1 (\d+)/.exec(String(piece))?.[1])
      })
      const size = await folderBytes(target)
      if (size > MAX_FOLDER_BYTES)
        throw new Error(`the folder of archives takes ${size} bytes, not ${MAX_FOLDER_BYTES}`)
    }
    for (const socket of sockets) socket.destroy()
    return statuses.map((status) => ({ status, headers: {}, body: '', bytes: 0, ms: holdMs }))
  }

/** An unfinished archive leaves nothing behind. */
async function folderIsSmall(_answers: unknown, target: Target): Promise<void> {
  await setTimeout(500)
  expect(await folderBytes(target)).toBeLessThan(MAX_FOLDER_BYTES)
}

/** The answers to a request for an archive that is too large: it is refused before it is begun. */
const REFUSED = [413, 422, 429, 503]
const ANSWERED = [STILL_OPEN, 0, 200, ...REFUSED]

export const archiveAttacks: readonly Attack[] = [
  ...['tar', 'tar.gz', 'zip'].map((format) => ({
    name: `An archive of 810,000 times 1 MB as ${format}, read slowly`,
    send: readSlowly([archive('wide', format)], 10_000),
    statuses: REFUSED,
    ms: 11_500,
    megabytes: 250,
    check: folderIsSmall,
  })),
  {
    name: 'An archive of trees that are 40 deep and name each other twice, read slowly',
    send: readSlowly([archive('deep')], 8_000),
    statuses: REFUSED,
    ms: 9_500,
    megabytes: 300,
    check: folderIsSmall,
  },
  {
    name: 'A zip of 30^8 files of a byte, read slowly',
    send: readSlowly([archive('many', 'zip')], 8_000),
    statuses: REFUSED,
    ms: 9_500,
    megabytes: 300,
    check: folderIsSmall,
  },
  {
    name: 'Three archives without end at once, read slowly',
    send: readSlowly(
      ['wide', 'deep', 'many'].map((project) => archive(project, 'tar')),
      6_000,
    ),
    // The last may still be waiting in line.
    statuses: [STILL_OPEN, ...REFUSED],
    ms: 7_500,
    megabytes: 400,
    check: folderIsSmall,
  },
  {
    name: '60 archives that nobody reads',
    send: unread(
      60,
      (_target, n) => head(`GET ${archive('waybill', ['tar', 'zip', 'tar.gz'][n % 3], `v1.0.0`)} HTTP/1.1`),
      2_000,
    ),
    statuses: ANSWERED,
    ms: 4_000,
  },
  {
    name: '60 archives of a file of 64 MB that nobody reads',
    send: unread(60, (_target, n) => head(`GET ${archive('large', ['tar', 'zip', 'tar.gz'][n % 3])} HTTP/1.1`), 3_000),
    statuses: ANSWERED,
    ms: 5_000,
    megabytes: 250,
  },
  {
    name: '100 archives asked for and given up at once',
    send: async (target) => {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => dial(target)))
      for (const socket of sockets) socket.write(head(`GET ${archive('many')} HTTP/1.1`))
      await setTimeout(50)
      for (const socket of sockets) socket.destroy()
      await setTimeout(1_500)
      return [await ask(target, { path: '/ready' })]
    },
    statuses: [200],
    ms: 3_000,
  },
  {
    name: 'Archives of refs that are options, ranges or nothing',
    send: inTurn(
      ...[
        '--output=x',
        '-v',
        'main~100000',
        'main..HEAD',
        '@{u}',
        ':/x',
        'main:src',
        '%00',
        '%2e%2e',
        'v1.0.0^{tree}',
        '%0a',
      ].map((ref) => ({ path: archive('waybill', 'zip', ref) })),
    ),
    statuses: [400, 404],
  },
  {
    name: 'Names of 10,000 characters for an archive and its ref',
    send: send({ path: archive('waybill', 'zip', 'r'.repeat(10_000)) }),
    statuses: [400, 404, 414],
  },
  {
    name: '500 times an archive of another name, each of the same commit',
    send: flood(500, (n) => ({ path: `/demo/waybill/-/archive/v1.0.0/name${n}.zip` }), 16),
    statuses: [200, 404, 429, 503],
    ms: 10_000,
    check: folderIsSmall,
  },
]
