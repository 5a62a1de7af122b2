/** The value in a document's answer. GraphQL makes most fields nullable, because any of them may fail. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[] | null | undefined
  : Value extends object
    ? { [Key in keyof Value]: Shown<Value[Key]> } | null | undefined
    : Value | null | undefined

/**
 * Leaves out absent and null values. Null stays under the keys in `keep`. No null comes from a failed field, because a document
 * fails as a whole.
 */
export function present<Body extends object>(
  shown: NonNullable<Shown<Body>>,
  keep: readonly (keyof Body)[] = [],
): Body {
  const body: Partial<Record<keyof Body, unknown>> = {}
  for (const [key, value] of Object.entries(shown) as [keyof Body, unknown][]) {
    if (value != null || (value === null && keep.includes(key))) body[key] = value
  }
  return body as Body
}
