// Packages and their files, which only our own pages ask for by GraphQL. Reading them needs code:read, because versions of packages are
// often named like tags. So the two fields of a project ask for the ability, and the types are public.
import type { Package, PackageFile, Project } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { extendPage, type NumberedPage, pageOf } from '../../rows/numbered-page.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { projectUrl } from '../projects/project-url.ts'
import { findPackage, numberedPackageFiles, numberedPackages } from './find-packages.ts'

type PackageNode = Package & { project: Project }
type FileNode = PackageFile & { project: Project }

const FileType = builder.objectRef<FileNode>('PackageFile').implement({
  internal: true,
  description: 'A file of a package.',
  access: 'public',
  fields: (t) => ({
    name: t.exposeString('fileName', { nullable: false, description: 'Its name, with its folders.' }),
    size: t.float({ nullable: false, description: 'Bytes.', resolve: ({ size }) => Number(size) }),
    sha256: t.exposeString('sha256', { nullable: false, description: 'The SHA-256 of its content, in hexadecimal.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was uploaded.' }),
    url: t.string({
      nullable: false,
      description: 'Absolute URL of its content.',
      resolve: ({ id, project }, _args, context) => `${projectUrl(context, project)}/-/package_files/${id}/download`,
    }),
  }),
})

const FilePage = builder.objectRef<NumberedPage<FileNode>>('PackageFilePage').implement({
  internal: true,
  description: 'A page of files, asked for by its number.',
  access: 'public',
  fields: (t) => ({
    rows: t.expose('rows', { type: [FileType], nullable: false, description: 'The files.' }),
    number: t.exposeInt('number', { nullable: false, description: 'The number of the page, from 1.' }),
    hasNext: t.exposeBoolean('hasNext', { nullable: false, description: 'Whether there is a next page.' }),
  }),
})

const pageNumber = { description: 'The number of the page. Absent: 1.' } as const

const PackageType = builder.objectRef<PackageNode>('Package').implement({
  internal: true,
  description: 'A package of a project.',
  access: 'public',
  fields: (t) => ({
    number: t.exposeInt('id', { nullable: false, description: 'Its number in REST.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name.' }),
    version: t.exposeString('version', { nullable: false, description: 'Its version.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When its first file came.' }),
    filePage: t.field({
      type: FilePage,
      nullable: false,
      description: 'A page of its files, the oldest first.',
      args: { number: t.arg.int(pageNumber) },
      resolve: async (node, { number }, context) =>
        extendPage(await numberedPackageFiles(context, node, { page: number }), { project: node.project }),
    }),
  }),
})

const PackagePage = builder.objectRef<NumberedPage<PackageNode>>('PackagePage').implement({
  internal: true,
  description: 'A page of packages, asked for by its number.',
  access: 'public',
  fields: (t) => ({
    rows: t.expose('rows', { type: [PackageType], nullable: false, description: 'The packages.' }),
    number: t.exposeInt('number', { nullable: false, description: 'The number of the page, from 1.' }),
    hasNext: t.exposeBoolean('hasNext', { nullable: false, description: 'Whether there is a next page.' }),
  }),
})

const newestFirst = { hidden: false, orderBy: 'created_at', direction: 'desc' } as const

builder.prismaObjectFields(ProjectType, (t) => ({
  packagePage: t.field({
    type: PackagePage,
    internal: true,
    nullable: false,
    access: { needs: 'code:read', otherwise: () => pageOf<never>([], {}), instead: 'an empty page' },
    description: 'A page of the packages, the newest first.',
    args: {
      number: t.arg.int(pageNumber),
      search: t.arg.string({ description: 'Only packages with this text in their name.' }),
    },
    resolve: async (project, { number, search }, context) =>
      extendPage(await numberedPackages(context, project, { ...newestFirst, name: search }, { page: number }), {
        project,
      }),
  }),
  packageByNumber: t.field({
    type: PackageType,
    internal: true,
    access: { needs: 'code:read', otherwise: null },
    description: 'The package of the project with this number. Null when there is none.',
    args: { number: t.arg.int({ required: true, description: 'Its number in REST.' }) },
    resolve: async (project, { number }) => {
      const found = await findPackage(project, number)
      return found && { ...found, project }
    },
  }),
}))
