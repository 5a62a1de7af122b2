/** Encodes a character that `encodeURIComponent` leaves as it is and that RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** A name with any characters, in the form that all present clients read (RFC 6266). */
export const extendedName = (fileName: string): string =>
  `filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, percent)}`

const isPlain = (fileName: string) => /^[\x20-\x7e]*$/.test(fileName) && !/["\\%]/.test(fileName)

/** The name for clients that read no other than plain ASCII. */
const plainName = (fileName: string) => fileName.replace(/[^\x20-\x7e]|["\\%]/gu, '_')

/** A name for clients of any age. */
export const anyName = (fileName: string): string => `filename="${plainName(fileName)}"; ${extendedName(fileName)}`

/** How what is saved is called: where the name is not plain ASCII, before it comes one for old clients. */
export function attachment(fileName: string): string {
  if (isPlain(fileName)) return `attachment; filename="${fileName}"`
  return `attachment; ${anyName(fileName)}`
}

/** Tells the client to show a file, and to save it under this name. */
export const inline = (fileName: string): string => `inline; ${extendedName(fileName)}`
