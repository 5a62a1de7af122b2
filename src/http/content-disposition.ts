/** What encodeURIComponent leaves, and RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

const isPlain = (fileName: string) => /^[\x20-\x7e]*$/.test(fileName) && !/["\\%]/.test(fileName)

/** How a browser names what it saves (RFC 6266): a name that is not ASCII in UTF-8, and before it one for old clients. */
export function attachment(fileName: string): string {
  if (isPlain(fileName)) return `attachment; filename="${fileName}"`
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, percent)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
