import type { Context } from '../../context/context.ts'
import type { AssetLinkNode } from '../../modules/assets/asset-loaders.ts'
import { findOwnFile, ownFileIn } from '../../modules/packages/own-file.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { attachment } from './content-disposition.ts'
import { sendStoredFile } from './send-stored-file.ts'

/** The end of the permanent path: the file's own name often holds the version, which not everybody may learn. */
const nameOf = ({ filepath }: AssetLinkNode) => filepath?.split('/').findLast((segment) => segment !== '') ?? 'download'

/**
 * What a permanent link of a release leads to where that is a file of a package of its own project: for everybody who may read the
 * release, as the link names this file and no other. Undefined: it leads elsewhere; null: the file is gone.
 */
export async function sendLinkedFile(
  context: Context,
  link: AssetLinkNode,
  request: Request,
  storage: FileStorage,
): Promise<Response | null | undefined> {
  const { project } = link.release
  const named = ownFileIn(link.url, context.baseUrl, project)
  if (!named) return undefined
  const file = await findOwnFile(project, named)
  const about = { 'content-type': 'application/octet-stream', 'content-disposition': attachment(nameOf(link)) }
  return file && sendStoredFile(request, storage, file, about)
}
