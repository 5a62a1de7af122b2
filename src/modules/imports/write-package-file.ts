import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { RemoteFailure, type RemoteServer } from '../../outgoing/remote-server.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { uploadPackageFile } from '../packages/upload-package-file.ts'
import type { Outcome } from './import-progress.ts'
import type { SourcePackageFile } from './sources/source.ts'

/** As much as GitLab takes without other settings. */
const MAX_BYTES = 5 * 1024 ** 3

type Target = { project: Project; storage: FileStorage; read: () => ReturnType<RemoteServer['file']> }

/** Copies a file as a stream, unless the project has the same bytes already. */
export async function writePackageFile(
  context: Context,
  { hidden, ...file }: SourcePackageFile,
  { project, storage, read }: Target,
): Promise<Outcome> {
  const named = { projectId: project.id, name: file.packageName, version: file.packageVersion }
  const found = await db.packageFile.findFirst({ where: { fileName: file.fileName, package: named } })
  if (found && found.sha256 === file.sha256) return 'unchanged'
  const body = await read()
  let brokeOff = false
  body.on('error', () => {
    brokeOff = true
  })
  const upload = { ...file, projectPath: project.fullPath, body, hidden: async () => hidden, maxBytes: MAX_BYTES }
  await uploadPackageFile(context, storage, upload).catch((error) => {
    if (brokeOff) throw new RemoteFailure(`The file ${file.fileName} breaks off: import again later`)
    throw error
  })
  return found ? 'updated' : 'created'
}
