import type { PackageFile } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** The file or a part of it; null when the storage has lost it. */
export const sendPackageFile = (request: Request, storage: FileStorage, file: PackageFile): Promise<Response | null> =>
  sendStoredFile(request, storage, file, {
    'x-checksum-sha256': file.sha256,
    // Whatever was uploaded: nothing of it may run as a page of ours.
    'content-type': 'application/octet-stream',
    // Without the folders that it is in: whoever saves it chooses one.
    'content-disposition': attachment(file.fileName.slice(file.fileName.lastIndexOf('/') + 1)),
  })
