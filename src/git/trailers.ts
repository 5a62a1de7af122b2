const TRAILER = /^([A-Za-z0-9-]+)[ \t]*:(.*)$/

/** Git writes these lines itself. With one of them a paragraph that also holds other text counts as trailers. */
const WRITTEN_BY_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/

function isTrailerBlock(lines: readonly string[]): boolean {
  const own = lines.filter((line) => !/^\s/.test(line))
  const trailers = own.filter((line) => TRAILER.test(line) || WRITTEN_BY_GIT.test(line)).length
  const others = own.length - trailers
  if (lines.some((line) => WRITTEN_BY_GIT.test(line))) return trailers * 3 >= others
  return trailers > 0 && others === 0 && !/^\s/.test(lines[0] ?? '')
}

/** The `Key: value` lines of a message's last paragraph, by the rules of `git interpret-trailers`. A key may occur twice. */
export function parseTrailers(message: string): [key: string, value: string][] {
  const paragraphs = message.trim().split(/\n(?:[ \t\r]*\n)+/)
  const lines = paragraphs.at(-1)?.split(/\r?\n/) ?? []
  // The first paragraph is the title, whatever it looks like.
  if (paragraphs.length < 2 || !isTrailerBlock(lines)) return []

  const trailers: [string, string][] = []
  for (const line of lines) {
    const [, key, value = ''] = TRAILER.exec(line) ?? []
    const last = trailers.at(-1)
    if (key !== undefined) trailers.push([key, value.trim()])
    else if (last && /^\s/.test(line)) last[1] = `${last[1]} ${line.trim()}`
  }
  return trailers
}
