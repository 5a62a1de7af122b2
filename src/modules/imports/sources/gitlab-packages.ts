import { z } from 'zod'
import { pagesOf, type SourcePackageFile, type SourceProject } from './source.ts'

const Packages = z.array(
  z.object({ id: z.int(), name: z.string(), version: z.string().nullish(), package_type: z.string() }),
)
const PackageFiles = z.array(z.object({ file_name: z.string(), file_sha256: z.string().nullish() }))

/** The name of a file in folders is shown percent-encoded. */
function nameOf(shown: string): string {
  try {
    return shown.includes('%2F') ? decodeURIComponent(shown) : shown
  } catch {
    return shown
  }
}

export function packageFilePath(project: string, { packageName, packageVersion, fileName }: SourcePackageFile): string {
  const segments = [packageName, packageVersion, ...fileName.split('/')].map(encodeURIComponent)
  return `api/v4/projects/${encodeURIComponent(project)}/packages/generic/${segments.join('/')}`
}

type Kept = z.output<typeof Packages>[number] & { hidden: boolean }

async function filesOf({ server }: SourceProject, project: string, row: Kept): Promise<SourcePackageFile[]> {
  const found: SourcePackageFile[] = []
  const names = { packageName: row.name, packageVersion: row.version ?? '' }
  for await (const page of pagesOf(server, `${project}/packages/${row.id}/package_files`)) {
    for (const { file_name: shown, file_sha256: sha256 } of PackageFiles.parse(page)) {
      found.push({ ...names, fileName: nameOf(shown), hidden: row.hidden, sha256: sha256 ?? null })
    }
  }
  // A file that was uploaded again is listed twice, the newest last.
  return [...new Map(found.map((file) => [file.fileName, file])).values()]
}

/** The files of the generic packages, a package at a time. `project` is the address of the project in the API. */
export async function* gitlabPackageFiles(source: SourceProject, project: string): AsyncGenerator<SourcePackageFile[]> {
  for (const status of ['default', 'hidden'] as const) {
    for await (const page of pagesOf(source.server, `${project}/packages?status=${status}`)) {
      for (const row of Packages.parse(page)) {
        if (row.package_type === 'generic')
          yield await filesOf(source, project, { ...row, hidden: status === 'hidden' })
        else
          source.leave(
            `Package ${row.name}`,
            `it is of the type ${row.package_type}, and only generic packages come along`,
          )
      }
    }
  }
}
