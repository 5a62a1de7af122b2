// Finds the digests that a release publishes for its files: in its evidence by URL, in checksum files by name, and in checksum
// files beside a file.
import { AppError, invalid } from '../foundation/errors.ts'
import { besideWhich, type Checksums, type Digest, isChecksumsFile, parseChecksums } from './checksums.ts'
import { openFile } from './open-file.ts'
import { evidenceDigests, type Release } from './releases.ts'
import { cutOff, type Target } from './server-connection.ts'
import { type WantedFile, wantedLink } from './wanted-files.ts'

const MAX_CHECKSUMS_BYTES = 1_048_576

/** The digests of a file by their source. Rejects when a source cannot be read, and the file must not be saved then. */
export type PublishedDigests = (file: WantedFile) => Promise<Map<string, Digest>>

async function readBytes(fileName: string, response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_CHECKSUMS_BYTES) throw invalid(`${fileName} is too large for a list of checksums`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function readChecksums(
  { server }: Target,
  { url, fileName }: WantedFile,
  signal: AbortSignal,
): Promise<Checksums> {
  const { response } = await openFile(server, url, signal)
  const bytes = await readBytes(fileName, response).catch((error) => {
    throw error instanceof AppError ? error : cutOff(fileName, error)
  })
  return parseChecksums(bytes)
}

const namesOf = ({ name, fileName }: WantedFile) => [fileName, name]

const isBeside = (list: WantedFile, file: WantedFile): boolean =>
  namesOf(list).some((name) => namesOf(file).includes(besideWhich(name) ?? ''))

/** Splits the checksum files into files about one file of the release and files about many. */
function split(links: readonly WantedFile[]) {
  const lists = links.filter((file) => namesOf(file).some(isChecksumsFile))
  const ofOne = lists.filter((list) => links.some((file) => file !== list && isBeside(list, file)))
  return { ofOne, ofMany: lists.filter((list) => !ofOne.includes(list)) }
}

/** Adds the digests of a source. Several algorithms of one source are checked separately. */
function add(digests: Map<string, Digest>, source: string, found: readonly Digest[]): void {
  for (const digest of found) digests.set(found.length > 1 ? `${source} (${digest.algorithm})` : source, digest)
}

const named = ({ named: all }: Checksums, file: WantedFile): readonly Digest[] =>
  namesOf(file)
    .map((name) => all.get(name))
    .find(Boolean) ?? []

/** Reads the lists about many files now, and a list about one file when its digest is asked for. */
export async function publishedDigests(
  target: Target,
  release: Release,
  signal: AbortSignal,
): Promise<PublishedDigests> {
  const evidence = await evidenceDigests(target, release)
  const links = release.links.map(wantedLink)
  const { ofOne, ofMany } = split(links)
  const isAlone = links.length - ofOne.length - ofMany.length === 1
  const lists: { source: string; checksums: Checksums }[] = []
  for (const list of ofMany) {
    lists.push({ source: list.fileName, checksums: await readChecksums(target, list, signal) })
  }
  return async (file) => {
    const digests = new Map<string, Digest>()
    const vouched = file.link && evidence.get(file.link.url)
    if (vouched) digests.set('the evidence', { algorithm: 'sha256', values: [vouched] })
    for (const { source, checksums } of lists) {
      const { single } = checksums
      const isMeant = isAlone && file.link !== null && checksums.named.size === 0
      add(digests, source, isMeant && single ? [single] : named(checksums, file))
    }
    for (const list of ofOne.filter((one) => isBeside(one, file))) {
      const checksums = await readChecksums(target, list, signal)
      const found = checksums.single ? [checksums.single] : named(checksums, file)
      if (found.length === 0) throw invalid(`${list.fileName} holds no digest of ${file.fileName}. Nothing was saved.`)
      add(digests, list.fileName, found)
    }
    return digests
  }
}
