import { mkdir } from 'node:fs/promises'
import { AppError, invalid } from '../foundation/errors.ts'
import { digestsInHeaders } from './checksums.ts'
import { openFile } from './open-file.ts'
import { type PublishedDigests, publishedDigests } from './published-digests.ts'
import type { Release } from './releases.ts'
import { saveFile } from './save-file.ts'
import type { Target } from './server-connection.ts'
import { type Choice, type WantedFile, wantedFiles } from './wanted-files.ts'

export type Downloaded = {
  name: string
  file: string
  size: number
  sha256: string
  /** The sources of the digests that the file was checked against; empty when nobody published a digest. */
  checkedAgainst: string[]
}

export type Failed = { name: string; file: string; message: string }

/** `total` is null when the server does not tell the size. */
type Progress = (file: string, received: number, total: number | null) => void

export type Download = Choice & { directory: string; onProgress: Progress; signal: AbortSignal }

async function fetchFile(
  { server }: Target,
  file: WantedFile,
  digestsOf: PublishedDigests,
  { directory, onProgress, signal }: Download,
): Promise<Downloaded> {
  const { name, fileName, url } = file
  const published = await digestsOf(file)
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

/**
 * Downloads files of a release one after the other, and checks each against every digest that is published for it. A file that
 * fails does not keep the others from being saved.
 */
export async function downloadRelease(target: Target, release: Release, options: Download) {
  const files = wantedFiles(release, options)
  const digestsOf = await publishedDigests(target, release, options.signal)
  await mkdir(options.directory, { recursive: true }).catch((error) => {
    throw invalid(`Cannot write into ${options.directory}: ${error.message}`)
  })
  const saved: Downloaded[] = []
  const failed: Failed[] = []
  for (const file of files) {
    try {
      saved.push(await fetchFile(target, file, digestsOf, options))
    } catch (error) {
      if (options.signal.aborted || !(error instanceof AppError)) throw error
      failed.push({ name: file.name, file: file.fileName, message: error.message })
    }
  }
  return { saved, failed }
}
