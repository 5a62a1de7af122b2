import path from 'node:path'
import { maxCharacters } from '../../foundation/text-limits.ts'

/** In a URL, in a header and on anybody's disk. */
const UNWANTED = /[^\p{L}\p{N}._-]/gu

/** How browsers are told to show what cannot run: pictures of dots, video and sound. */
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

/** Longer ones are none. */
const LONGEST_EXTENSION = 20

/** The name as it is kept: of one that is too long the extension stays. */
export function cleanFileName(sent: string): string {
  const clean = sent.normalize('NFC').replace(UNWANTED, '_')
  const extension = path.extname(clean)
  const end = extension.length <= LONGEST_EXTENSION ? extension : ''
  const stem = [...clean.slice(0, clean.length - end.length)].slice(0, maxCharacters.name - end.length)
  const name = stem.join('') + end
  return /^\.*$/.test(name) ? 'file' : name
}

/** The type of what a page may show in its place; null: it is to be saved. */
export const inlineType = (fileName: string): string | null => shownAs.get(extensionOf(fileName)) ?? null

/** A picture that may hold scripts: pages show it by `<img>`, where they do not run. */
export const isDrawing = (fileName: string): boolean => extensionOf(fileName) === 'svg'

type Named = { secret: string; fileName: string }

/** For use inside Markdown of the same project. */
export const markdownPath = ({ secret, fileName }: Named): string =>
  `/uploads/${secret}/${encodeURIComponent(fileName)}`

/** On this server. By the project's number: it stays good when the project is renamed or moved. */
export const uploadPath = (projectId: number, upload: Named): string => `/-/project/${projectId}${markdownPath(upload)}`

/** As people write it into notes; pictures, video and sound without their extension. */
export function markdownFor(upload: Named): { alt: string; markdown: string } {
  const { fileName } = upload
  const isEmbedded = inlineType(fileName) !== null || isDrawing(fileName)
  const alt = isEmbedded ? path.basename(fileName, path.extname(fileName)) : fileName
  return { alt, markdown: `${isEmbedded ? '!' : ''}[${alt}](${markdownPath(upload)})` }
}
