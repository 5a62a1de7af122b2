import type { PackageFile } from '../../generated/prisma/client.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** Answers with the file or a part of it. Null when the storage has lost the file. */
export const sendPackageFile = (request: Request, storage: FileStorage, file: PackageFile): Promise<Response | null> =>
  sendStoredFile(request, storage, file, {
    'x-checksum-sha256': file.sha256,
    // Always this type, because nothing that was uploaded may run as a page of this server.
    'content-type': 'application/octet-stream',
    // The name without its folders, because whoever saves the file chooses a folder.
    'content-disposition': attachment(file.fileName.slice(file.fileName.lastIndexOf('/') + 1)),
  })
