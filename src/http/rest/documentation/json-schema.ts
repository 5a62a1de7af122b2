import { z } from 'zod'

export type Json = Record<string, unknown>

export const COMPONENTS = '#/components/schemas/'

/** The named bodies. Endpoints refer to them by name. */
export type Schemas = Record<string, unknown>

/** A date is a text in JSON, which zod does not know. */
function describeDate({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Json }): void {
  if (zodSchema._zod.def.type === 'date')
    Object.assign(jsonSchema, { format: 'date-time', ...jsonSchema, type: 'string' })
}

/** The JSON Schema of a value. Adds the named schemas in it to `schemas`. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Json {
  const root = z.object({ value: schema })
  const { $defs, properties } = z.toJSONSchema(root, { io, unrepresentable: 'any', override: describeDate })
  const [definitions, value] = JSON.parse(
    JSON.stringify([$defs ?? {}, properties?.value]).replaceAll('#/$defs/', COMPONENTS),
  ) as [Schemas, Json]
  Object.assign(schemas, definitions)
  return value
}
