import type { PackageFile } from '../generated/prisma/client.ts'
import type { FileStorage } from '../modules/storage/file-storage.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** The file or a part of it; null when the storage has lost it. */
export const sendPackageFile = (request: Request, storage: FileStorage, file: PackageFile): Promise<Response | null> =>
  sendStoredFile(request, storage, file, {
    // Whatever was uploaded: nothing of it may run as a page of ours. Its name holds nothing that a header could not.
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${file.fileName}"`,
  })
