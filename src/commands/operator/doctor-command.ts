import { Command } from 'commander'
import { printable } from '../../client/server-connection.ts'
import { assertGit } from '../../git/assert-git.ts'
import { examine } from '../../modules/doctor/examine.ts'
import type { Finding } from '../../modules/doctor/finding.ts'
import { openStorage } from '../../start/open-storage.ts'
import { print } from '../output.ts'
import { jsonOption } from '../shared-options.ts'
import { terminalProgress } from '../terminal-progress.ts'
import { withDatabase } from './with-database.ts'

type Options = { fix?: true; digests?: true; json?: true }

/** So many are in the JSON. The counts are of all. */
const MOST = 10_000

async function run({ fix, digests, json }: Options): Promise<void> {
  await assertGit()
  const { show, clear } = terminalProgress()
  const counts = { missing: 0, damaged: 0, orphaned: 0, mended: 0 }
  const findings: Finding[] = []
  const report = (finding: Finding) => {
    counts[finding.kind] += 1
    if (finding.mended) counts.mended += 1
    if (json && findings.length < MOST) findings.push(finding)
    if (json) return
    clear()
    process.stdout.write(`${printable(`${finding.kind}${finding.mended ? ', removed' : ''}: ${finding.what}`)}\n`)
  }
  const examined = await withDatabase(async ({ config, directUrl }) => {
    const files = { storage: await openStorage(config), repositoriesDir: config.repositoriesDir }
    return examine({
      ...files,
      url: directUrl,
      mends: fix === true,
      readsFiles: digests === true,
      report,
      show,
    }).finally(clear)
  })
  const { missing, damaged, orphaned, mended } = counts
  if (missing + damaged + orphaned > mended) process.exitCode = 1
  const checked = `Checked ${examined.files} files and ${examined.repositories} repositories`
  const found = `${missing} missing, ${damaged} damaged, ${orphaned} orphaned, of which ${mended} removed`
  print({ json }, { ...examined, ...counts, findings }, `${checked}: ${found}`)
}

export const doctorCommand = () =>
  new Command('doctor')
    .description(
      'Compare database, files and repositories. Exits with 1 when something is missing, damaged or left over.',
    )
    .option('--digests', 'read all files and compare their digests')
    .option('--fix', 'remove files and repositories older than an hour that belong to nothing')
    .addOption(jsonOption())
    .action(run)
