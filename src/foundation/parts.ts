type Bounds<Item> = { most: number; maxSize: number; sizeOf: (item: Item) => number }

/** The items in parts of at most `most` items and `maxSize` altogether. An item that is larger is a part of its own. */
export function* partsOf<Item>(items: readonly Item[], { most, maxSize, sizeOf }: Bounds<Item>): Generator<Item[]> {
  let part: Item[] = []
  let total = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (part.length > 0 && (part.length === most || total + size > maxSize)) {
      yield part
      part = []
      total = 0
    }
    part.push(item)
    total += size
  }
  if (part.length > 0) yield part
}
