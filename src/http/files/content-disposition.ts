/** Encodes a character that `encodeURIComponent` leaves as it is and that RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** A name with any characters, in the form that all present clients read (RFC 6266). */
export const extendedName = (fileName: string): string =>
  `filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, percent)}`

const isPlain = (fileName: string) => /^[\x20-\x7e]*$/.test(fileName) && !/["\\%]/.test(fileName)

/** Tells the client to save a file under this name. If the name is not plain ASCII, a name for old clients comes first. */
export function attachment(fileName: string): string {
  if (isPlain(fileName)) return `attachment; filename="${fileName}"`
  return `attachment; filename="${fileName.replace(/[^\x20-\x7e]|["\\%]/gu, '_')}"; ${extendedName(fileName)}`
}

/** Tells the client to show a file, and to save it under this name. */
export const inline = (fileName: string): string => `inline; ${extendedName(fileName)}`
