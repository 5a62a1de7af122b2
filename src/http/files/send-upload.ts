import type { Upload } from '../../generated/prisma/client.ts'
import { inlineType, isDrawing } from '../../modules/uploads/upload-names.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment, inline } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** Nothing in an uploaded file runs or loads anything, whatever the file is. A drawing keeps its styles. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"

const typeOf = (fileName: string) =>
  inlineType(fileName) ?? (isDrawing(fileName) ? 'image/svg+xml' : 'application/octet-stream')

/**
 * Answers with the file or a part of it. Browsers show the file only if nothing in it can run. Null when the storage has lost it.
 */
export const sendUpload = (request: Request, storage: FileStorage, upload: Upload): Promise<Response | null> =>
  sendStoredFile(request, storage, upload, {
    'content-type': typeOf(upload.fileName),
    'content-disposition': (inlineType(upload.fileName) === null ? attachment : inline)(upload.fileName),
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  })
