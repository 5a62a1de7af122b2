// Measures the memory for source archives of a large repository: node scripts/measure-archive.mjs [MiB of sources] [formats ...]
// Starts a server in a folder of its own. Needs Linux, because it reads /proc.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const MIB = 1024 ** 2
const [size = 500, ...chosen] = process.argv.slice(2)
const mebibytes = Number(size)
const formats = chosen.length > 0 ? chosen : ['tar', 'zip', 'tar.gz', 'tar.bz2']
const waybill = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))
const work = mkdtempSync(path.join(tmpdir(), 'waybill-measure-'))
// The embedded PostgreSQL may run as another user, who must be able to enter the folder.
chmodSync(work, 0o755)
const env = { ...process.env, DATA_DIR: path.join(work, 'data'), PORT: '0', LOG_LEVEL: 'warn' }

/** Creates files of 10 MiB that cannot be compressed, and one file with a fifth of all bytes. */
async function createSource() {
  const source = path.join(work, 'source.git')
  spawnSync('git', ['init', '--quiet', '--bare', source])
  const git = spawn('git', ['-c', 'core.compression=0', 'fast-import', '--quiet'], { cwd: source })
  const write = async (data) => git.stdin.write(data) || once(git.stdin, 'drain')
  await write('commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n')
  const sizes = [Math.ceil(mebibytes / 5), ...Array(Math.ceil((mebibytes * 4) / 50)).fill(10)]
  for (const [at, each] of sizes.entries()) {
    await write(`M 100644 inline file-${at}\ndata ${each * MIB}\n`)
    await write(randomBytes(each * MIB))
    await write('\n')
  }
  git.stdin.end('\nreset refs/tags/v1\nfrom refs/heads/main\n\n')
  await once(git, 'close')
  return source
}

/** The memory in MiB; null for a process that has ended. */
function memoryOf(pid, what) {
  try {
    const [, kilobytes] =
      new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Math.round(kilobytes / 1024)
  } catch {
    return null
  }
}

const commandOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const gitProcesses = () =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && /^git\0.*\0archive\0/s.test(commandOf(name)))

/** Reads the whole body. A slow client reads at most `bytesPerSecond`. */
function download(url, bytesPerSecond = Number.POSITIVE_INFINITY) {
  return new Promise((resolve, reject) => {
    let bytes = 0
    get(url, { agent: false }, (response) => {
      response.on('data', (piece) => {
        bytes += piece.length
        if (bytesPerSecond === Number.POSITIVE_INFINITY) return
        response.pause()
        setTimeout(() => response.resume(), (piece.length / bytesPerSecond) * 1000)
      })
      response.on('end', () => resolve({ status: response.statusCode, bytes })).on('error', reject)
    }).on('error', reject)
  })
}

async function measure(server, run) {
  let [peak, git] = [0, 0]
  const timer = setInterval(() => {
    peak = Math.max(peak, memoryOf(server.pid, 'VmRSS') ?? 0)
    for (const pid of gitProcesses()) git = Math.max(git, memoryOf(pid, 'RssAnon') ?? 0)
  }, 20)
  const before = memoryOf(server.pid, 'VmRSS')
  const started = performance.now()
  const [{ status, bytes }] = await run()
  clearInterval(timer)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  return {
    status,
    MiB: Math.round(bytes / MIB),
    seconds,
    'server before': before,
    'server peak': peak,
    'git peak': git,
  }
}

const command = (...args) => {
  const { status, stderr } = spawnSync(process.execPath, [waybill, ...args], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

try {
  command('migrate')
  command('import', '--project', 'measure/large', '--repository', await createSource(), '--visibility', 'public')
  const server = spawn(process.execPath, [waybill, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let base
  while (base === undefined) {
    const [text] = await once(server.stdout.setEncoding('utf8'), 'data')
    base = /GraphiQL: (\S+)\/graphql\n/.exec(text)?.[1]
  }
  for (const format of formats) {
    const url = `${base}/measure/large/-/archive/v1/large-v1.${format}`
    const together = () => Promise.all([download(url), download(url), download(url, 100 * MIB)])
    console.log(format, 'made for three clients:', await measure(server, together))
    console.log(format, 'kept:', await measure(server, () => Promise.all([download(url)])))
  }
  server.kill()
  await once(server, 'close')
} finally {
  rmSync(work, { recursive: true, force: true })
}
