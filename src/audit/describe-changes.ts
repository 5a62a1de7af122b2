const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

/** `visibility: public, archived: true`; a description by its name only, as it may be long. */
export const describeChanges = (changes: object): string =>
  Object.entries(changes)
    .map(([name, value]) => (name === 'description' ? name : `${name}: ${shown(value)}`))
    .join(', ')
