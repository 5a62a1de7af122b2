import { Command, Option } from 'commander'
import { type Downloaded, downloadRelease, type Failed } from '../client/download.ts'
import { getRelease } from '../client/releases.ts'
import { printable } from '../client/server-connection.ts'
import { invalid } from '../foundation/errors.ts'
import { sourceFormats } from '../modules/releases/release-urls.ts'
import { print } from './output.ts'
import { type WhichOptions, whichTag, withWhich } from './release-read.ts'
import { type TargetOptions, targetOf, withTarget } from './release-target.ts'
import { terminalProgress } from './terminal-progress.ts'

type Options = TargetOptions & WhichOptions & { name?: string; sources?: string; directory: string }

const MEGABYTE = 1_000_000

const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MB`

const savedLine = ({ file, size, sha256, checkedAgainst }: Downloaded) => {
  const finding =
    checkedAgainst.length > 0 ? `checked against ${checkedAgainst.join(' and ')}` : 'NOT checked: none is published'
  return printable(`Saved ${file} (${size} bytes), SHA-256 ${sha256}, ${finding}`)
}

/** The reasons of all failures. A file that was the only one needs no summary. */
function failureText(failed: readonly Failed[], saved: number): string {
  const reasons = failed.map(({ message }) => printable(message))
  const all = saved + failed.length
  return all === 1 ? reasons.join() : [...reasons, `${failed.length} of ${all} files were not saved.`].join('\n')
}

/** Makes Ctrl-C end the transfer, so that no incomplete file stays. */
async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const interrupt = () => controller.abort()
  process.once('SIGINT', interrupt)
  try {
    return await work(controller.signal)
  } catch (error) {
    throw controller.signal.aborted ? invalid('Interrupted') : error
  } finally {
    process.off('SIGINT', interrupt)
  }
}

async function download({ name, sources, directory, ...options }: Options): Promise<void> {
  const target = targetOf(options)
  const tag = whichTag(options)
  const progress = terminalProgress()
  const onProgress = (file: string, received: number, total: number | null) =>
    progress.show(printable(`${file} ${megabytes(received)}${total === null ? '' : ` of ${megabytes(total)}`}`))
  const { release, saved, failed } = await untilInterrupted(async (signal) => {
    const found = await getRelease(target, tag)
    return {
      release: found,
      ...(await downloadRelease(target, found, { name, sources, directory, onProgress, signal })),
    }
  }).finally(progress.clear)
  const { id, name: title, tagName } = release
  const result = { release: { id, name: title, tagName }, directory, files: saved, failed }
  if (options.json || saved.length > 0) print(options, result, saved.map(savedLine).join('\n'))
  if (failed.length > 0) throw invalid(failureText(failed, saved.length))
}

const DIGESTS = `
Each file is checked against every SHA-256, SHA-384 and SHA-512 that is published for it: in the evidence, in lists of
checksums among the links (SHA256SUMS, checksums.txt, ...), in files beside it (app.zip.sha256), in the headers Repr-Digest,
Content-Digest, Digest and X-Checksum-SHA256, and in the ETag of the server itself. MD5 and SHA-1 are ignored, because they
prove nothing, and so are signatures. A file that differs from a digest is not saved. No file is saved when a list cannot be
read. A file that fails does not stop the others, and the exit code is then 1. --token is sent to no other server.`

export const downloadCommand = () =>
  withWhich(withTarget(new Command('download').description('Download what a release links to, and check it.')))
    .option('--name <pattern>', 'links of this name or file name, * for any characters; otherwise packages and others')
    .addOption(new Option('--sources <format>', 'its source code, too').choices(sourceFormats))
    .option('--directory <directory>', 'where to save it; made when missing', '.')
    .addHelpText('after', DIGESTS)
    .action(download)
