import type { Element } from 'hast'
import { parseUrl } from '../foundation/parse-url.ts'
import { FILE } from './placeholders.ts'

/** The project of a text. The text's uploads and relative addresses belong to the same project. */
export type Belonging = {
  projectId: number
  /** The folder of the repository where the text is; '' for the root. */
  folder?: string
}

export const ID_PREFIX = 'user-content-'
// Stands for the page that shows the HTML. An address of another origin leaves the page.
export const HERE = 'http://here.invalid'

const UPLOAD = /^\/uploads\/[0-9a-f]{32}\/[^/]/
// Browsers ignore control characters and spaces at the beginning.
const OF_PAGE_OR_SERVER = /^[\0-\x20]*(?:[/\\#?]|$)/

/** The path of the file that a relative address names, encoded, with query and fragment. Null for any other address. */
function fileAt(address: string, folder: string): string | null {
  const base = `${HERE}/${folder === '' ? '' : `${folder.split('/').map(encodeURIComponent).join('/')}/`}`
  if (OF_PAGE_OR_SERVER.test(address) || parseUrl(address, base) === null) return null
  const { origin, pathname, search, hash } = new URL(address, base)
  if (origin !== HERE) return null
  // The page of a rendered file has these ids.
  const isHeading = hash.length > 1 && /\.(?:md|markdown)$/i.test(pathname) && !hash.startsWith(`#${ID_PREFIX}`)
  return pathname.replace(/^\/+/, '') + search + (isHeading ? `#${ID_PREFIX}${hash.slice(1)}` : hash)
}

/** The short address of an upload, encoded. Null for any other address. */
function uploadAt(address: string): string | null {
  if (!UPLOAD.test(address) || parseUrl(address, HERE) === null) return null
  const { pathname, search, hash } = new URL(address, HERE)
  return UPLOAD.test(pathname) ? pathname + search + hash : null
}

const attributes = { a: 'href', img: 'src' } as const

/**
 * Adds the project to the address of an upload, because the short address in notes works only within the project. A relative address is
 * that of a file of the repository, at the tag of the notes.
 */
export function placeAddress(element: Element, { projectId, folder = '' }: Belonging): void {
  const attribute = attributes[element.tagName as keyof typeof attributes]
  const { [attribute]: address, ...others } = element.properties
  if (typeof address !== 'string') return
  const [file, upload] = [fileAt(address, folder), uploadAt(address)]
  if (file !== null) element.properties = { [FILE]: file, ...others }
  else if (upload !== null) element.properties = { [FILE]: `/-/project/${projectId}${upload}`, ...others }
}
