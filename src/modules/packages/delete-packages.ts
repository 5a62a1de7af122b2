import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { discardFile } from '../stored-files/stored-file.ts'

const missing = (what: string) => new RuleViolation('NOT_FOUND', `${what} does not exist`)

type PackageDelete = { projectPath: string; packageId: number }

/** Deletes a package with its files; releases that link to them keep their links. */
export const deletePackage = once(
  async (context: Context, { projectPath, packageId }: PackageDelete): Promise<void> => {
    const project = await getProjectFor(context, 'package:delete', projectPath)
    await transact(context, async (tx) => {
      // Locked, so that no file comes in meanwhile.
      await tx.$executeRaw`SELECT /* packages.lock */ FROM packages WHERE id = ${packageId} FOR UPDATE`
      const found = await tx.package.findFirst({
        where: { id: packageId, projectId: project.id },
        include: { files: { select: { storageKey: true } } },
      })
      if (!found) throw missing('Package')
      await tx.package.delete({ where: { id: packageId } })
      for (const { storageKey } of found.files) await discardFile(tx, storageKey)
      await recordAuditEvent(tx, context, {
        type: 'package_deleted',
        scope: { projectId: project.id },
        target: { type: 'Packages::Package', id: packageId, details: found.name },
        message: `Deleted package ${found.name} ${found.version}`,
      })
    })
  },
)

/** Deletes one file; its package stays, even without any. */
export const deletePackageFile = once(
  async (context: Context, { projectPath, packageId, fileId }: PackageDelete & { fileId: number }): Promise<void> => {
    const project = await getProjectFor(context, 'package:delete', projectPath)
    await transact(context, async (tx) => {
      const where = { id: fileId, packageId, package: { projectId: project.id } }
      const file = await tx.packageFile.findFirst({ where, include: { package: true } })
      // Only what was found: it may have been replaced since.
      const { count } = file
        ? await tx.packageFile.deleteMany({ where: { id: fileId, storageKey: file.storageKey } })
        : { count: 0 }
      if (!file || count === 0) throw missing('Package file')
      await discardFile(tx, file.storageKey)
      await recordAuditEvent(tx, context, {
        type: 'package_file_deleted',
        scope: { projectId: project.id },
        target: { type: 'Packages::Package', id: packageId, details: file.package.name },
        message: `Deleted file ${file.fileName} of package ${file.package.name} ${file.package.version}`,
      })
    })
  },
)
