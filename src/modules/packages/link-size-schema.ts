import { builder } from '../../graphql/builder.ts'
import { ReleaseAssetLink } from '../assets/link-schema.ts'
import { fileSize, sizedFileIn } from './file-sizes.ts'

builder.prismaObjectField(ReleaseAssetLink, 'fileSize', (t) =>
  t.float({
    internal: true,
    access: 'public',
    description: 'Bytes of the file that it leads to. Null unless that is a file of a package of the same project.',
    reads: ['url'],
    resolve: async ({ url, release }, _args, context) => {
      const file = sizedFileIn(url, context.baseUrl, release.project)
      return file && ((await fileSize(context).load(file))?.size ?? null)
    },
  }),
)
