// Doors are clients of the schema: what they show they ask for by a GraphQL document, which runs in this process for the viewer.
// Masks, batching and the bounds of an answer are those of the fields. Who may ask at all the door decides before, and its rates
// have been counted by then.
import { type ExecutionResult, type OperationDefinitionNode, parse, validate } from 'graphql'
import { doNotKeep } from '../../context/answer-life.ts'
import { AnswerTooLarge } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import { compile } from '../../pipeline/compile.ts'
import { hasKeptFieldsOnly } from '../../pipeline/kept-fields.ts'
import type { Run } from '../../pipeline/known-operations.ts'
import { outageIn, thrown } from '../../pipeline/tell-errors.ts'
import { internalSchema } from '../../schema.ts'

type Ready = { run: Run; mayKeep: boolean }

function prepare(text: string): Ready {
  const schema = internalSchema()
  const document = parse(text)
  const [problem] = validate(schema, document)
  if (problem) throw problem
  const node = document.definitions[0] as OperationDefinitionNode
  const run = compile(schema, { document, node, asksForSchema: false })
  if (!run)
    throw new Error(`The compiler cannot take the document ${node.name?.value}: one with directives, for example`)
  return { run, mayKeep: hasKeptFieldsOnly(schema, document) }
}

/** What kept a part of the answer from being given. A bug comes before what is expected, so that it is logged. */
function failureOf(result: ExecutionResult, root: string): unknown {
  const errors = (result.errors ?? []).map(thrown)
  const failure = outageIn(result) ?? errors.find((error) => !(error instanceof AppError)) ?? errors[0]
  return failure instanceof AnswerTooLarge ? failure.seenFrom(root) : failure
}

/**
 * A document of ours, its operation first, as a function that answers it whole or throws why not. It is compiled when it is first
 * asked. `root` is the place in it that the door shows: a failure names fields from there on. `at`: what a use case has given, for
 * fields that show just that.
 */
export function document<Result, Variables>(root: string, text: string) {
  let ready: Ready | undefined
  return async (context: Context, variables: Variables, at?: object): Promise<Result> => {
    ready ??= prepare(text)
    if (!ready.mayKeep) doNotKeep(context)
    const result = await ready.run(context, variables as Record<string, unknown>, at)
    if (result.errors || !result.data) throw failureOf(result, root)
    return result.data as Result
  }
}
