// Files that come with a form: those for the notes become uploads of the project, those to download files of a package.
import { Readable } from 'node:stream'
import { RuleViolation } from '../../../../foundation/errors.ts'
import { uploadPackageFile } from '../../../../modules/packages/upload-package-file.ts'
import { projectUrl } from '../../../../modules/projects/project-url.ts'
import { keepUpload, receiveUpload } from '../../../../modules/uploads/create-upload.ts'
import { MAX_UPLOAD_BYTES } from '../../../../modules/uploads/upload-bounds.ts'
import { cleanFileName, markdownFor } from '../../../../modules/uploads/upload-names.ts'
import { SentFile } from '../../../rest/kit/multipart-body.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import { inTurn } from '../../../rest/kit/uploaded-file.ts'
import type { RestParts } from '../../../rest/rest-routes.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { filledRows, type LinkRow, putRows } from './link-rows.ts'
import { textIn } from './release-values.ts'

type Upload = { asked: AskedOfProject; parts: RestParts; file: SentFile }

/** The same use case as `POST /projects/:id/uploads`. */
function keep({ asked: { c, context, project }, parts, file }: Upload): Promise<string> {
  const maxBytes = parts.uploadMaxBytes ?? MAX_UPLOAD_BYTES
  const sent = { body: Readable.from([file.content]), fileName: file.name, maxBytes, complete: async () => undefined }
  return inTurn({ uploads: parts.uploads, context, request: c.req.raw }, () =>
    receiveUpload(context, parts.storage, { project, sent }, async (received) => {
      const upload = await keepUpload(context, project, received)
      return markdownFor(upload).markdown
    }),
  )
}

/** Takes the files out of the form, so that none is kept twice when the form is shown again. */
function takeFiles(given: Fields, name: string): SentFile[] {
  const sent = given[name]
  given[name] = undefined
  // A browser sends a file without a name where nothing was chosen.
  return (Array.isArray(sent) ? sent : []).filter(
    (file): file is SentFile => file instanceof SentFile && file.name !== '',
  )
}

/** Puts the files behind the notes. */
async function attachToNotes(asked: AskedOfProject, parts: RestParts, given: Fields): Promise<void> {
  for (const file of takeFiles(given, 'files')) {
    const notes = (textIn(given, 'description') ?? '').trimEnd()
    const markdown = await keep({ asked, parts, file })
    given.description = notes === '' ? markdown : `${notes}\n\n${markdown}`
  }
}

/** Makes the file one of the package that is named like the project, in the version of the tag, by the use case of `PUT` in REST. */
async function linkOf({ asked: { c, context, project }, parts, file }: Upload, tag: string): Promise<LinkRow> {
  const fileName = cleanFileName(file.name)
  const stored = await inTurn({ uploads: parts.uploads, context, request: c.req.raw }, () =>
    uploadPackageFile(context, parts.storage, {
      ...{
        projectPath: project.fullPath,
        packageName: project.path,
        packageVersion: tag.replaceAll('/', '-'),
        fileName,
      },
      ...{ body: Readable.from([file.content]), sha256: null, hidden: async () => undefined },
    }),
  )
  const url = `${projectUrl(context, project)}/-/package_files/${stored.id}/download`
  const filepath = /^[\w.-]{2,}[a-zA-Z0-9]$/.test(fileName) ? `/${fileName}` : ''
  return { id: '', name: fileName, url, filepath, linkType: 'package' }
}

async function attachToLinks(asked: AskedOfProject, parts: RestParts, given: Fields, tag: string): Promise<void> {
  const files = takeFiles(given, 'asset_files')
  if (files.length > 0 && tag === '') {
    throw new RuleViolation('INVALID', 'A tag is needed before files are added', {
      tag_name: ['is needed before files are added'],
    })
  }
  for (const file of files) putRows(given, [...filledRows(given), await linkOf({ asked, parts, file }, tag)])
}

/** Keeps the files that come with the form, of a release of this tag. */
export async function attachFiles(asked: AskedOfProject, parts: RestParts, given: Fields, tag: string): Promise<void> {
  await attachToNotes(asked, parts, given)
  await attachToLinks(asked, parts, given, tag)
}
