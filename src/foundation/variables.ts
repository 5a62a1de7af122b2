// How a variable of the environment is described, and how a description becomes a value.
import { z } from 'zod'

/** The name of a variable, and what makes a value of its text. */
type Variable = { name: string; schema: z.ZodType }

/** Variables by the name that their values have in the program. */
export type Variables = { [key: string]: Variable | Variables }

export type ValuesOf<Described> = Described extends Variable
  ? z.output<Described['schema']>
  : { [Key in keyof Described]: ValuesOf<Described[Key]> }

export const variable = <Schema extends z.ZodType>(name: string, schema: Schema) => ({ name, schema })

const isVariable = (described: Variable | Variables): described is Variable => 'schema' in described

export const namesOf = (described: Variable | Variables): string[] =>
  isVariable(described) ? [described.name] : Object.values(described).flatMap(namesOf)

/** Adds a line to `wrong` for each value that is refused. An empty variable counts as absent. */
export function readVariables<Described extends Variable | Variables>(
  described: Described,
  env: NodeJS.ProcessEnv,
  wrong: string[],
): ValuesOf<Described> {
  if (!isVariable(described)) {
    const values = Object.entries(described).map(([key, inner]) => [key, readVariables(inner, env, wrong)])
    return Object.fromEntries(values) as ValuesOf<Described>
  }
  const parsed = described.schema.safeParse(env[described.name]?.trim() ? env[described.name] : undefined)
  for (const { path, message } of parsed.error?.issues ?? []) {
    wrong.push(`${[described.name, ...path].join('.')}: ${message}`)
  }
  return parsed.data as ValuesOf<Described>
}

export const onOff = (byDefault: 'on' | 'off') =>
  z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default(byDefault)
    .transform((value) => value === 'on')

export const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((url) => url.replace(/\/+$/, ''))

export function wholeNumber(least: number, most: number) {
  const error = `must be a number from ${least} to ${most}`
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error)
}

/** A number of seconds, which becomes milliseconds. */
export const seconds = (least: number, most: number, byDefault: number) =>
  wholeNumber(least, most)
    .default(byDefault)
    .transform((value) => value * 1000)
