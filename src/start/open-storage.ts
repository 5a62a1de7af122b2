import path from 'node:path'
import type { Config } from '../config.ts'
import type { Log } from '../foundation/log.ts'
import type { Metrics } from '../http/metrics.ts'
import { bringArtifacts } from '../modules/report-artifacts/bring-artifacts.ts'
import { createStorage } from '../storage/create-storage.ts'
import type { FileStorage } from '../storage/file-storage.ts'
import { observedStorage } from '../storage/observed-storage.ts'

/** Opens the configured storage. The files that earlier versions kept elsewhere are then in it. */
export async function openStorage(config: Config): Promise<FileStorage> {
  const storage = createStorage(config)
  await bringArtifacts(path.join(config.dataDir, 'artifacts'), storage)
  return storage
}

/** Opens the storage for a server. What it fails to do and what it has lost is counted. */
export async function openObservedStorage(config: Config, metrics: Metrics, log: Log): Promise<FileStorage> {
  const onMissing = (key: string) => {
    log.error({ key }, 'a stored file is missing: see `waybill doctor`')
    metrics.observeMissingFile()
  }
  return observedStorage(await openStorage(config), { onFailure: metrics.observeStorageFailure, onMissing })
}
