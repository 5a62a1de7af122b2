import { z } from 'zod'
import type { Package, Project } from '../../../generated/prisma/client.ts'
import { deletePackage, deletePackageFile } from '../../../modules/packages/delete-packages.ts'
import { findPackage, numberedPackageFiles, numberedPackages } from '../../../modules/packages/find-packages.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { integer, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { assertCan, projectForSignedIn } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { genericPackageEndpoints } from './generic-package-routes.ts'
import { PackageBody, PackageFileBody, presentPackage, presentPackageFile } from './present-package.ts'

const rest = endpointsOf('Packages')
const PACKAGES = '/projects/:id/packages'
const PACKAGE = `${PACKAGES}/:package_id`
const FILES = `${PACKAGE}/package_files`

const packageKey = { id: projectId, package_id: integer().describe('The number of the package.') }

/** Reading packages needs the ability to read code, because versions often have the names of tags. */
const find = projectForSignedIn('code:read')

const getPackage = async (project: Project, id: number): Promise<Package> =>
  orNotFound(await findPackage(project, id), 'Package')

const listFields = {
  order_by: optional(z.enum(['created_at', 'name', 'version', 'type'])).describe(
    'The value to sort by. `created_at` without it.',
  ),
  sort: optional(z.enum(['asc', 'desc'])).describe('The order. `asc` without it.'),
  package_type: optional(text('name')).describe('Only packages of this type. All packages are `generic`.'),
  package_name: optional(text('name')).describe('Only packages with this text in their name.'),
  package_version: optional(text('name')).describe('Only packages with this version.'),
  status: optional(z.enum(['default', 'hidden'])).describe('Only packages with this status. `default` without it.'),
}

const list = rest.get(PACKAGES, {
  summary: 'The packages of a project',
  input: z.object({ id: projectId, ...listFields, ...pageFields }),
  answers: { 200: z.array(PackageBody) },
  find,
  handle: async (call) => {
    const { input, found: project } = call
    if ((input.package_type ?? 'generic') !== 'generic') return answerPage(call, pageOf<never>([], input))
    const listing = {
      hidden: input.status === 'hidden',
      name: input.package_name,
      version: input.package_version,
      orderBy: input.order_by ?? 'created_at',
      direction: input.sort ?? 'asc',
    } as const
    return answerPage(call, await numberedPackages(call.context, project, listing, input), presentPackage)
  },
})

const single = rest.get(PACKAGE, {
  summary: 'A package',
  input: z.object(packageKey),
  answers: { 200: PackageBody },
  find,
  handle: async ({ input, found }) => presentPackage(await getPackage(found, input.package_id)),
})

const listFiles = rest.get(FILES, {
  operationId: 'listProjectPackageFiles',
  summary: 'The files of a package, the oldest first',
  input: z.object({ ...packageKey, ...pageFields }),
  answers: { 200: z.array(PackageFileBody) },
  find,
  handle: async (call) => {
    const { context, input, found: project } = call
    const page = await numberedPackageFiles(context, await getPackage(project, input.package_id), input)
    return answerPage(call, page, (file) => presentPackageFile(context, project, file))
  },
})

const remove = rest.delete(PACKAGE, {
  summary: 'Delete a package and its files',
  input: z.object(packageKey),
  ability: 'package:delete',
  answers: { 204: null },
  find,
  handle: async ({ context, input, found }) => {
    assertCan(context, 'package:delete', found)
    const { id: packageId } = await getPackage(found, input.package_id)
    await deletePackage(context, { projectPath: found.fullPath, packageId })
  },
})

const removeFile = rest.delete(`${FILES}/:package_file_id`, {
  operationId: 'deleteProjectPackageFile',
  summary: 'Delete a file of a package',
  input: z.object({ ...packageKey, package_file_id: integer().describe('The number of the file.') }),
  ability: 'package:delete',
  answers: { 204: null },
  find,
  handle: async ({ context, input, found }) => {
    assertCan(context, 'package:delete', found)
    const { package_id: packageId, package_file_id: fileId } = input
    await deletePackageFile(context, { projectPath: found.fullPath, packageId, fileId })
  },
})

export const packageEndpoints: readonly Endpoint[] = [
  ...[...genericPackageEndpoints, list, single, listFiles, remove, removeFile],
].map((one) => ({ ...one, basic: true }))
