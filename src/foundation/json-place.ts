// Finds the value of a JSON text that holds a malformed byte, because the byte's offset alone does not help the sender.

/** A lone surrogate, which decoded UTF-8 never contains. */
const MARK = '\uDFFF'

/** The search stops at this many levels of lists and objects. */
const MAX_LEVELS = 50
const MAX_CHARACTERS = 200

const isMarked = (value: unknown) => typeof value === 'string' && value.includes(MARK)

function placeIn(value: unknown, levels: number): string | null {
  if (isMarked(value)) return ''
  if (typeof value !== 'object' || value === null || levels === 0) return null
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    const rest = isMarked(key) ? '' : placeIn(inner, levels - 1)
    if (rest === null) continue
    const name = key.replaceAll(MARK, '?')
    const step = isList ? `[${name}]` : name
    return rest === '' || rest.startsWith('[') ? step + rest : `${step}.${rest}`
  }
  return null
}

/** `assets.links[1].name`; null when the text is not JSON or the value is nested too deep. */
export function placeOfByte(json: Buffer, offset: number): string | null {
  try {
    const value = JSON.parse(json.toString('utf8', 0, offset) + MARK + json.toString('utf8', offset + 1))
    return placeIn(value, MAX_LEVELS)?.slice(0, MAX_CHARACTERS) || null
  } catch {
    return null
  }
}
