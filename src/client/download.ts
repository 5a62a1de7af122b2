import { mkdir } from 'node:fs/promises'
import { AppError, invalid } from '../errors.ts'
import { digestsInHeaders, isChecksumsFile, parseChecksums } from './checksums.ts'
import { openFile } from './open-file.ts'
import { evidenceDigests, type Release } from './releases.ts'
import { saveFile } from './save-file.ts'
import { cutOff, type Target } from './server.ts'
import { type Choice, type WantedFile, wantedFiles, wantedLink } from './wanted-files.ts'

const MAX_CHECKSUMS_BYTES = 1_048_576

export type Downloaded = {
  name: string
  file: string
  size: number
  sha256: string
  /** Who says that this is its SHA-256; empty when nobody published one. */
  checkedAgainst: string[]
}

/** `total` is null when the server does not say how much there is. */
type Progress = (file: string, received: number, total: number | null) => void

export type Download = Choice & { directory: string; onProgress: Progress; signal: AbortSignal }

type PublishedDigests = (file: WantedFile) => Map<string, string>

async function readText(fileName: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_CHECKSUMS_BYTES) throw invalid(`${fileName} is too large for a list of checksums`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function readChecksums({ server }: Target, { url, fileName }: WantedFile, signal: AbortSignal) {
  const { response } = await openFile(server, url, signal)
  const text = await readText(fileName, response).catch((error) => {
    throw error instanceof AppError ? error : cutOff(fileName, error)
  })
  return { source: fileName, digests: parseChecksums(text) }
}

/** What the release itself says of its files: evidence by their URLs, lists of checksums by their names. */
async function publishedDigests(target: Target, release: Release, signal: AbortSignal): Promise<PublishedDigests> {
  const evidence = await evidenceDigests(target, release)
  const files = release.links
    .map(wantedLink)
    .filter(({ name, fileName }) => isChecksumsFile(name) || isChecksumsFile(fileName))
  const lists = await Promise.all(files.map((file) => readChecksums(target, file, signal)))
  return ({ fileName, name, link }) => {
    const digests = new Map<string, string>()
    const vouched = link && evidence.get(link.url)
    if (vouched) digests.set('the evidence', vouched)
    for (const list of lists) {
      const listed = list.digests.get(fileName) ?? list.digests.get(name)
      if (listed) digests.set(list.source, listed)
    }
    return digests
  }
}

async function fetchFile(
  { server }: Target,
  { name, fileName, url }: WantedFile,
  published: ReadonlyMap<string, string>,
  { directory, onProgress, signal }: Download,
): Promise<Downloaded> {
  const { response, ownServer } = await openFile(server, url, signal)
  const total = Number(response.headers.get('content-length')) || null
  const digests = new Map([...published, ...digestsInHeaders(response.headers, { ownServer })])
  const saved = await saveFile({
    response,
    directory,
    fileName,
    digests,
    signal,
    onProgress: (received) => onProgress(fileName, received, total),
  })
  return { name, file: fileName, ...saved, checkedAgainst: [...digests.keys()] }
}

/** Fetches files of a release one after the other, each checked against every digest that is published for it. */
export async function downloadRelease(target: Target, release: Release, options: Download): Promise<Downloaded[]> {
  const files = wantedFiles(release, options)
  const digestsOf = await publishedDigests(target, release, options.signal)
  await mkdir(options.directory, { recursive: true }).catch((error) => {
    throw invalid(`Cannot write into ${options.directory}: ${error.message}`)
  })
  const downloaded: Downloaded[] = []
  for (const file of files) downloaded.push(await fetchFile(target, file, digestsOf(file), options))
  return downloaded
}
