import path from 'node:path'
import type { FileStorage } from './file-storage.ts'
import { createLocalStorage } from './local-storage.ts'
import { createS3Storage } from './s3-storage.ts'
import type { S3Location } from './storage-location.ts'

/** The storage for all files but repositories and archives. The folder has its name from when it held packages alone. */
export const createStorage = ({ dataDir, storage }: { dataDir: string; storage: S3Location | null }): FileStorage =>
  storage ? createS3Storage(storage) : createLocalStorage(path.join(dataDir, 'packages'))
