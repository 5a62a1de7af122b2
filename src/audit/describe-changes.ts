const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

/** `visibility: public, archived: true`. A description is only named, because it may be long. */
export const describeChanges = (changes: object): string =>
  Object.entries(changes)
    .map(([name, value]) => (name === 'description' ? name : `${name}: ${shown(value)}`))
    .join(', ')
