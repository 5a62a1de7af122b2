import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { discardFile } from '../stored-files/stored-file.ts'

const missing = (what: string) => new RuleViolation('NOT_FOUND', `${what} does not exist`)

type PackageDelete = { projectPath: string; packageId: number }

/** Deletes a package with its files. Releases keep their links to these files. */
export const deletePackage = once(
  async (context: Context, { projectPath, packageId }: PackageDelete): Promise<void> => {
    const project = await getProjectFor(context, 'package:delete', projectPath)
    await transact(context, async (tx) => {
      // Locks the package, so that nobody adds a file meanwhile.
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

/** Deletes one file of a package. The package stays, even if it has no file any more. */
export const deletePackageFile = once(
  async (context: Context, { projectPath, packageId, fileId }: PackageDelete & { fileId: number }): Promise<void> => {
    const project = await getProjectFor(context, 'package:delete', projectPath)
    await transact(context, async (tx) => {
      const where = { id: fileId, packageId, package: { projectId: project.id } }
      const file = await tx.packageFile.findFirst({ where, include: { package: true } })
      // Deletes only the content that was found, because somebody may have replaced it meanwhile.
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
