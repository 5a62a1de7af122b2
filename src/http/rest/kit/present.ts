/** As a document has it: GraphQL says of most fields that they may be null, if only because one may fail. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[] | null | undefined
  : Value extends object
    ? { [Key in keyof Value]: Shown<Value[Key]> } | null | undefined
    : Value | null | undefined

/** REST leaves out the keys of what is absent, but for some. What failed is not here: a document fails as a whole. */
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
