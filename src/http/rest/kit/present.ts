import type { z } from 'zod'

/** The value in a document's answer. GraphQL makes most fields nullable, because any of them may fail. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[] | null | undefined
  : Value extends object
    ? { [Key in keyof Value]: Shown<Value[Key]> } | null | undefined
    : Value | null | undefined

/**
 * Makes a function that shows a body. It has the keys of its schema in their order, without those that have no value. Null stays
 * where the schema takes null. No null comes from a failed field, because a document fails as a whole.
 */
export function presenter<Schema extends z.ZodObject>(schema: Schema) {
  type Body = z.output<Schema>
  const keys = Object.entries<z.ZodType>(schema.shape).map(([key, kind]) => ({
    key: key as keyof Body,
    takesNull: kind.safeParse(null).success,
  }))
  return (shown: { [Key in keyof Body]: Shown<Body[Key]> }): Body => {
    const body: Partial<Record<keyof Body, unknown>> = {}
    for (const { key, takesNull } of keys) {
      const value = shown[key]
      if (value != null || (value === null && takesNull)) body[key] = value
    }
    return body as Body
  }
}
