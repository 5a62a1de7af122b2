import path from 'node:path'
import type { Config } from '../config.ts'
import { bringArtifacts } from '../modules/report-artifacts/bring-artifacts.ts'
import { createStorage } from '../storage/create-storage.ts'
import type { FileStorage } from '../storage/file-storage.ts'

/** Opens the configured storage. The files that earlier versions kept elsewhere are then in it. */
export async function openStorage(config: Config): Promise<FileStorage> {
  const storage = createStorage(config)
  await bringArtifacts(path.join(config.dataDir, 'artifacts'), storage)
  return storage
}
