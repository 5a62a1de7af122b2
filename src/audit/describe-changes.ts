const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

const named = new Set(['description', 'topics'])

/** `visibility: public, archived: true`. A description and topics are only named, because they may be long. */
export const describeChanges = (changes: object): string =>
  Object.entries(changes)
    .map(([name, value]) => (named.has(name) ? name : `${name}: ${shown(value)}`))
    .join(', ')
