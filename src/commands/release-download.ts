import { Command, Option } from 'commander'
import { type Downloaded, downloadRelease } from '../client/download.ts'
import { getRelease } from '../client/releases.ts'
import { printable } from '../client/server.ts'
import { invalid } from '../errors.ts'
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

/** Ctrl-C ends the transfer, so that nothing half-written stays behind. */
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
  const { release, files } = await untilInterrupted(async (signal) => {
    const found = await getRelease(target, tag)
    const saved = await downloadRelease(target, found, { name, sources, directory, onProgress, signal })
    return { release: found, files: saved }
  }).finally(progress.clear)
  const { id, name: title, tagName } = release
  print(options, { release: { id, name: title, tagName }, directory, files }, files.map(savedLine).join('\n'))
}

const DIGESTS = `
What is saved is checked against every SHA-256 that is published for it: in the evidence, in a list of checksums
among the links (SHA256SUMS, checksums.txt), in the headers Repr-Digest, Content-Digest and Digest, and in the ETag of
the server itself. A file that differs from one of them is not saved. --token goes to no other server.`

export const downloadCommand = () =>
  withWhich(withTarget(new Command('download').description('Download what a release links to, and check it.')))
    .option('--name <pattern>', 'links of this name or file name, * for any characters; otherwise packages and others')
    .addOption(new Option('--sources <format>', 'its source code, too').choices(sourceFormats))
    .option('--directory <directory>', 'where to save it; made when missing', '.')
    .addHelpText('after', DIGESTS)
    .action(download)
