import { z } from 'zod'
import { callerOf } from '../../../access/caller.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../../git/branches.ts'
import { archiveEndings, formatOfEnding } from '../../../modules/archives/archive-formats.ts'
import { findArchiveOf } from '../../../modules/archives/find-archive.ts'
import { notFoundIfBroken } from '../../../modules/repository/read-repository.ts'
import { sendArchive } from '../../files/send-archive.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { flag, listOf, optional, text } from '../kit/fields.ts'
import { notFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'

const rest = endpointsOf('Repository')

const ARCHIVE = '/projects/:id/repository/archive'

const fields = {
  id: projectId,
  sha: text('ref').nullish().describe('A commit, a tag or a branch. The default branch without it.'),
  path: text('ref').nullish().describe('Only this file or folder.'),
  exclude_paths: optional(listOf(text('ref'))).describe(
    'Files and folders to leave out, separated by commas. At least one file must remain.',
  ),
  include_lfs_blobs: optional(flag).describe(
    'With `false` files of Git LFS are pointers. Otherwise they have their contents, as far as these were uploaded.',
  ),
}

const formatField = optional(z.enum(archiveEndings)).describe('`tar.gz` without it.')

async function refOf(context: Context, project: Project, sha: string | null | undefined): Promise<string> {
  if (sha) return sha
  const { repositories } = context
  const branch = await findDefaultBranch(repositories.directory(project.id)).catch(notFoundIfBroken(context, project))
  if (branch === null) throw notFound('File')
  return branch
}

/** Turns `tar.gz` into `TarGz`. */
const capitalised = (ending: string) => ending.replace(/(?:^|\.)([a-z])/g, (_match, letter) => letter.toUpperCase())

/** The path ends with the ending. The ending is '' when a parameter names the format. */
const archiveEndpoint = (ending: string): Endpoint =>
  rest.get(ending === '' ? ARCHIVE : `${ARCHIVE}.${ending}`, {
    operationId: `downloadProjectRepositoryArchive${capitalised(ending)}`,
    summary: `Download a source archive${ending === '' ? '' : ` (${ending})`}`,
    description: 'The archive and the folder in it are named after the project, the ref, the commit and `path`.',
    input: z.object(ending === '' ? { ...fields, format: formatField } : fields),
    answers: { 200: null },
    streams: true,
    find: projectFor('code:read'),
    handle: async ({ context, input, found: project, request, archives }) => {
      const named = 'format' in input ? input.format : ending
      const archive = await findArchiveOf(context, project, {
        ref: await refOf(context, project, input.sha),
        format: formatOfEnding(String(named || 'tar.gz')) ?? 'tar.gz',
        path: input.path ?? '',
        appendSha: true,
        excluded: input.exclude_paths ?? [],
        keepsPointers: input.include_lfs_blobs === false,
      })
      if (!archive) throw notFound('File')
      return sendArchive(request, { archives, caller: callerOf(context) }, archive)
    },
  })

export const archiveEndpoints = ['', ...archiveEndings].map(archiveEndpoint)
