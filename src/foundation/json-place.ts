// Which value of a JSON text holds a malformed byte, so that whoever sent it is told more than a number.

/** No text that was decoded holds it. */
const MARK = '\uDFFF'

/** Levels of lists and objects that are looked into. */
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

/** `assets.links[1].name`; null where the text is no JSON, or nested too deep to be looked through. */
export function placeOfByte(json: Buffer, offset: number): string | null {
  try {
    const value = JSON.parse(json.toString('utf8', 0, offset) + MARK + json.toString('utf8', offset + 1))
    return placeIn(value, MAX_LEVELS)?.slice(0, MAX_CHARACTERS) || null
  } catch {
    return null
  }
}
