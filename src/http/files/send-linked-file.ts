import type { Context } from '../../context/context.ts'
import type { AssetLinkNode } from '../../modules/assets/asset-loaders.ts'
import { findOwnFile, ownFileIn } from '../../modules/packages/own-file.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** The end of the permanent path, because the file's own name often contains the version, which not every viewer may see. */
const nameOf = ({ filepath }: AssetLinkNode) => filepath?.split('/').findLast((segment) => segment !== '') ?? 'download'

/**
 * Answers with the file that a permanent link leads to, if it is a file of a package of the same project. Everybody who may read
 * the release gets the file, because the link names this file and no other. Undefined when the link leads elsewhere; null when
 * the file is gone.
 */
export async function sendLinkedFile(
  context: Context,
  link: AssetLinkNode,
  request: Request,
  storage: FileStorage,
): Promise<Response | null | undefined> {
  const { project } = link.release
  const named = await ownFileIn(link.url, context.baseUrl, project)
  if (!named) return undefined
  const file = await findOwnFile(project, named)
  const about = { 'content-type': 'application/octet-stream', 'content-disposition': attachment(nameOf(link)) }
  return file && sendStoredFile(request, storage, file, about)
}
