// Writes dist/release/: the server as a tarball that runs with Node and git alone, the same without the embedded PostgreSQL, the command
// line as one file, and SHA256SUMS. The same commit and the same packages give the same bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPostgresBinaries } from '../dist/database/embedded/postgres-binaries.js'
import { licences, packedPackages } from './packed-packages.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const release = path.join(root, 'dist', 'release')
const { name, version, license, type, bin, engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

const OWN = [
  ...['bin', 'dist/bundle', 'dist/cli', 'prisma/migrations', 'prisma/sql'],
  ...['docs/operate', 'docs/guide', 'docs/contract', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md', '.env.example'],
]

/** Files that the server does not read: for compilers and debuggers, Prisma's code for other databases, other stylesheets. */
const UNREAD = new RegExp(
  [
    String.raw`\.(map|d\.[mc]?ts)$`,
    String.raw`query_compiler_\w+\.(cockroachdb|mysql|sqlite|sqlserver)\.`,
    String.raw`@picocss/pico/(scss|css/(?!pico\.classless\.min\.css$).)`,
  ].join('|'),
)

const copy = (from, to) =>
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (file) => !UNREAD.test(file) })

/** All files get the time of the commit, because the time of the build would change the bytes of the tarball. */
const commitTime = () =>
  process.env.SOURCE_DATE_EPOCH ??
  execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim()

function tar(folder, file) {
  const sameBytes = [
    '--sort=name',
    `--mtime=@${commitTime()}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
  ]
  const args = [
    ...sameBytes,
    '--use-compress-program=gzip -n',
    '-cf',
    file,
    '-C',
    path.dirname(folder),
    path.basename(folder),
  ]
  execFileSync('tar', args, { stdio: 'inherit' })
}

const sizeOf = (file) => {
  const stats = lstatSync(file)
  if (!stats.isDirectory()) return stats.size
  return readdirSync(file).reduce((sum, inside) => sum + sizeOf(path.join(file, inside)), 0)
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`

function pack(suffix, options) {
  const staging = mkdtempSync(path.join(tmpdir(), 'waybill-pack-'))
  const folder = path.join(staging, `${name}-${version}`)
  for (const file of OWN) copy(path.join(root, file), path.join(folder, file))
  for (const file of packedPackages(root, options)) copyPackage(file, folder)
  writeFileSync(
    path.join(folder, 'package.json'),
    `${JSON.stringify({ name, version, license, type, bin, engines }, null, 2)}\n`,
  )
  writeFileSync(path.join(folder, 'LICENSES-OF-PACKAGES.txt'), licences(root))
  const file = path.join(release, `${name}-${version}${suffix}.tar.gz`)
  tar(folder, file)
  process.stdout.write(
    `${path.relative(root, file)}: ${megabytes(sizeOf(file))}, unpacked ${megabytes(sizeOf(folder))}\n`,
  )
  rmSync(staging, { recursive: true })
}

/** Without the packages below it, which are listed themselves where they are needed. */
function copyPackage(file, folder) {
  const nested = path.join(root, file, 'node_modules')
  const filter = (from) => from !== nested && !UNREAD.test(from)
  cpSync(path.join(root, file), path.join(folder, file), { recursive: true, verbatimSymlinks: true, filter })
}

const sumOf = (file) =>
  createHash('sha256')
    .update(readFileSync(path.join(release, file)))
    .digest('hex')

// Makes the links and modes that npm leaves out, because who runs the server may not write to its folder.
await findPostgresBinaries()
rmSync(release, { recursive: true, force: true })
mkdirSync(release, { recursive: true })
pack('', { withPostgres: true })
pack('-without-postgres', { withPostgres: false })
copy(path.join(root, 'dist/cli/waybill.mjs'), path.join(release, 'waybill.mjs'))
const sums = readdirSync(release).map((file) => `${sumOf(file)}  ${file}\n`)
writeFileSync(path.join(release, 'SHA256SUMS'), sums.join(''))
