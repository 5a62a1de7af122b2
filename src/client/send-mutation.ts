import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { ask, type Operation } from './graphql.ts'
import { printable, type Server } from './server-connection.ts'

type Payload<Result extends z.ZodType> = z.ZodObject<{
  payload: z.ZodObject<{ errors: z.ZodArray<z.ZodString>; result: z.ZodNullable<Result> }>
}>

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** A mutation with the schema of its result. `selection` begins with the payload's field, such as `release { name }`. */
export function mutation<Result extends z.ZodType>(
  name: string,
  selection: string,
  result: Result,
): Operation<Payload<Result>> {
  return {
    document: `mutation ($input: ${capitalised(name)}Input!) {
      payload: ${name}(input: $input) { errors result: ${selection} }
    }`,
    data: z.object({ payload: z.object({ errors: z.array(z.string()), result: result.nullable() }) }),
  }
}

/** Advice about rules that are often broken. */
const remedies: readonly [RegExp, string][] = [
  [/^Ref is not specified/, 'The tag does not exist yet: give --ref, a branch or commit to make it from.'],
  [/^Release already exists/, 'Change it with `waybill release update`.'],
  [/^Draft already exists/, 'Change it with `waybill release update --draft`.'],
  [/^Milestone.*not found/, 'Make it first: `waybill milestone create`.'],
]

export function assertNoErrors(errors: readonly string[]): void {
  if (errors.length === 0) return
  const advice = remedies.filter(([rule]) => errors.some((error) => rule.test(error))).map(([, text]) => text)
  throw invalid([...errors.map(printable), ...advice].join('\n'))
}

type Written<Value> = { payload: { errors: string[]; result: Value | null } }

/** Runs a mutation and returns its result. Throws the broken rules. Undefined values of the input are not sent. */
export async function mutate<Value>(
  server: Server,
  operation: Operation<z.ZodType<Written<Value>>>,
  input: object,
): Promise<Value> {
  const { payload } = await ask(server, operation, { input })
  assertNoErrors(payload.errors)
  if (payload.result === null) throw invalid('The server answered neither with a result nor with an error')
  return payload.result
}
