// Doors are clients of the schema: what they show they ask for by a GraphQL document, which runs in this process for the viewer.
// Masks, batching and the bounds of an answer are those of the fields. Who may ask at all the door decides before, and its rates
// have been counted by then.
import { type ExecutionResult, type OperationDefinitionNode, parse, validate } from 'graphql'
import { AnswerTooLarge } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import { compile } from '../../pipeline/compile.ts'
import type { Run } from '../../pipeline/known-operations.ts'
import { outageIn, thrown } from '../../pipeline/mask.ts'
import type { NumberedPage } from '../../rows/numbered-page.ts'
import { internalSchema } from '../../schema.ts'

function compileText(text: string): Run {
  const schema = internalSchema()
  const document = parse(text)
  const [problem] = validate(schema, document)
  if (problem) throw problem
  const node = document.definitions[0] as OperationDefinitionNode
  const run = compile(schema, { document, node, asksForSchema: false })
  if (!run)
    throw new Error(`The compiler cannot take the document ${node.name?.value}: one with directives, for example`)
  return run
}

/** What kept a part of the answer from being given. A bug comes before what is expected, so that it is logged. */
function failureOf(result: ExecutionResult, root: string): unknown {
  const errors = (result.errors ?? []).map(thrown)
  const failure = outageIn(result) ?? errors.find((error) => !(error instanceof AppError)) ?? errors[0]
  return failure instanceof AnswerTooLarge ? failure.seenFrom(root) : failure
}

/**
 * A document of ours, its operation first, as a function that answers it whole or throws why not. The document is compiled when it is
 * first asked. `root` is the place in the document that the door shows: a failure names fields from there on. `at` is what `given` has.
 */
export function document<Result, Variables>(root: string, text: string) {
  let run: Run | undefined
  return async (context: Context, variables: Variables, at?: object): Promise<Result> => {
    run ??= compileText(text)
    const result = await run(context, variables as Record<string, unknown>, at)
    if (result.errors || !result.data) throw failureOf(result, root)
    return result.data as Result
  }
}

/** Shows rows that a loader or a use case has given, by a document that asks for `given { rows: ... }`. */
export function shownRows<Row, Shown, Body>(text: string, toBody: (shown: Shown) => Body) {
  const ask = document<{ given: { rows: readonly Shown[] } }, object>('given', text)
  const all = async (context: Context, rows: readonly Row[]): Promise<Body[]> =>
    (await ask(context, {}, { rows })).given.rows.map(toBody)
  return {
    one: async (context: Context, row: Row): Promise<Body> => (await all(context, [row]))[0] as Body,
    page: async (context: Context, page: NumberedPage<Row>): Promise<NumberedPage<Body>> => ({
      ...page,
      rows: await all(context, page.rows),
    }),
  }
}
