/** What encodeURIComponent leaves, and RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

const encoded = (name: string) => encodeURIComponent(name).replace(/['()*]/g, percent)

/** To be saved under that name, whatever characters it has. */
export const attachment = (name: string): string => `attachment; filename*=UTF-8''${encoded(name)}`

/** To be shown in its place, and saved under that name. */
export const inline = (name: string): string => `inline; filename*=UTF-8''${encoded(name)}`
