import path from 'node:path'
import { maxCharacters } from '../../foundation/text-limits.ts'

/** Characters that cause trouble in a URL, in a header or in a file system. */
const UNWANTED = /[^\p{L}\p{N}._-]/gu

/** The types of files that browsers may show, because no scripts run in them: bitmap pictures, video and sound. */
const shownAs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{
      png: 'image/png',
      jpg: 'image/jpeg',
      jpeg: 'image/jpeg',
      gif: 'image/gif',
      webp: 'image/webp',
      avif: 'image/avif',
    },
    ...{ bmp: 'image/bmp', ico: 'image/x-icon', tif: 'image/tiff', tiff: 'image/tiff' },
    ...{ mp4: 'video/mp4', m4v: 'video/mp4', mov: 'video/quicktime', webm: 'video/webm', ogv: 'video/ogg' },
    ...{ mp3: 'audio/mpeg', oga: 'audio/ogg', ogg: 'audio/ogg', spx: 'audio/ogg', wav: 'audio/wav' },
  }),
)

const extensionOf = (fileName: string) => path.extname(fileName).slice(1).toLowerCase()

/** A longer ending is not an extension. */
const LONGEST_EXTENSION = 20

/** The name under which a file is stored. If the name is too long, its extension stays. */
export function cleanFileName(sent: string): string {
  const clean = sent.normalize('NFC').replace(UNWANTED, '_')
  const extension = path.extname(clean)
  const end = extension.length <= LONGEST_EXTENSION ? extension : ''
  const stem = [...clean.slice(0, clean.length - end.length)].slice(0, maxCharacters.name - end.length)
  const name = stem.join('') + end
  return /^\.*$/.test(name) ? 'file' : name
}

/** The type of a file that a page may show. Null when browsers shall save the file. */
export const inlineType = (fileName: string): string | null => shownAs.get(extensionOf(fileName)) ?? null

/** A picture that may contain scripts. Pages show it by `<img>`, where scripts do not run. */
export const isDrawing = (fileName: string): boolean => extensionOf(fileName) === 'svg'

type Named = { secret: string; fileName: string }

/** The path for Markdown of the same project. */
export const markdownPath = ({ secret, fileName }: Named): string =>
  `/uploads/${secret}/${encodeURIComponent(fileName)}`

/** The path on this server. It contains the project's number, so it stays valid when the project is renamed or moved. */
export const uploadPath = (projectId: number, upload: Named): string => `/-/project/${projectId}${markdownPath(upload)}`

/** The Markdown that people write into notes. Pictures, video and sound are embedded, and their text has no extension. */
export function markdownFor(upload: Named): { alt: string; markdown: string } {
  const { fileName } = upload
  const isEmbedded = inlineType(fileName) !== null || isDrawing(fileName)
  const alt = isEmbedded ? path.basename(fileName, path.extname(fileName)) : fileName
  return { alt, markdown: `${isEmbedded ? '!' : ''}[${alt}](${markdownPath(upload)})` }
}
