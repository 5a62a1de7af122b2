import type { Upload } from '../../generated/prisma/client.ts'
import { inlineType, isDrawing } from '../../modules/uploads/upload-names.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment, inline } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** Nothing in a file that people bring runs or loads anything, whatever the file is. A drawing keeps its styles. */
export const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"

/** The type of a picture, video or sound; null for anything else. */
export const mediaType = (fileName: string): string | null =>
  inlineType(fileName) ?? (isDrawing(fileName) ? 'image/svg+xml' : null)

/**
 * Answers with the file or a part of it. Browsers show the file only if nothing in it can run. Null when the storage has lost it.
 */
export const sendUpload = (request: Request, storage: FileStorage, upload: Upload): Promise<Response | null> =>
  sendStoredFile(request, storage, upload, {
    'content-type': mediaType(upload.fileName) ?? 'application/octet-stream',
    'content-disposition': (inlineType(upload.fileName) === null ? attachment : inline)(upload.fileName),
    'content-security-policy': FILE_POLICY,
    'x-content-type-options': 'nosniff',
  })
