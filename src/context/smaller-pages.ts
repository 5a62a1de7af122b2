import { groupBy } from '../foundation/group-by.ts'

/** The place of a text: its field, and the rows around it, from the outermost list inwards. */
export type FieldPlace = { field: string; at: readonly { list: string; row: number }[] }

export type PlacedText = FieldPlace & { bytes: number }

/** A number of rows of the list that would fit. */
export type Suggestion = { list: string; rows: number }

const sumOf = (texts: readonly PlacedText[]) => texts.reduce((sum, { bytes }) => sum + bytes, 0)

/** The largest page size such that every page of consecutive rows fits. */
function fittingRows(bytesOfRows: readonly number[], room: number): number {
  for (let rows = bytesOfRows.length; rows > 0; rows--) {
    const fits = bytesOfRows.every((_, from) => {
      const window = bytesOfRows.slice(from, from + rows)
      return window.reduce((sum, bytes) => sum + bytes, 0) <= room
    })
    if (fits) return rows
  }
  return 0
}

function innerSuggestions(rows: Iterable<PlacedText[]>, left: number, outside: number): Suggestion[] {
  const fewest = new Map<string, number>()
  for (const texts of rows) {
    const inner = texts.map((text) => ({ ...text, at: text.at.slice(1) }))
    for (const { list, rows: some } of smallerPages(inner, left + outside - sumOf(texts)))
      fewest.set(list, Math.min(some, fewest.get(list) ?? some))
  }
  return [...fewest].map(([list, some]) => ({ list, rows: some }))
}

/**
 * Suggests a page size for the list that holds the most bytes. `left` is what remains of the allowed bytes: a negative number.
 * When even one row is too large, also suggests page sizes for the lists inside. Suggests nothing when a single text is too
 * large, or when the answer is too large without any text.
 */
export function smallerPages(texts: readonly PlacedText[], left: number): Suggestion[] {
  if (left >= 0) return []
  const lists = groupBy(
    texts.filter(({ at }) => at.length > 0),
    ({ at }) => at[0]?.list ?? '',
  )
  const [largest] = [...lists].sort(([, one], [, other]) => sumOf(other) - sumOf(one))
  if (!largest) return []
  const [list, inList] = largest
  const total = sumOf(inList)
  const rows = groupBy(inList, ({ at }) => at[0]?.row ?? 0)
  const bytesOfRows = Array.from({ length: Math.max(...rows.keys()) + 1 }, (_, row) => sumOf(rows.get(row) ?? []))
  const fitting = fittingRows(bytesOfRows, left + total)
  if (fitting > 0) return [{ list, rows: fitting }]
  const inner = innerSuggestions(rows.values(), left, total)
  return inner.length > 0 ? [{ list, rows: 1 }, ...inner] : []
}
