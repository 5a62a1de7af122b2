// Doors are clients of the schema. They ask for what they show by a GraphQL document, which runs in this process for the viewer.
// So redaction, batching and the bounds of an answer come from the fields. Before that, the door has decided who may ask, and has
// counted the request.
import { type ExecutionResult, type OperationDefinitionNode, parse, validate } from 'graphql'
import { doNotKeep } from '../../context/answer-life.ts'
import { AnswerTooLarge } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import { compile } from '../../pipeline/compile.ts'
import { hasKeptFieldsOnly } from '../../pipeline/kept-fields.ts'
import type { Run } from '../../pipeline/known-operations.ts'
import { outageIn, thrown } from '../../pipeline/tell-errors.ts'
import type { NumberedPage } from '../../rows/numbered-page.ts'
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

/** The error that the answer failed with. A bug comes before an expected error, so that it is logged. */
function failureOf(result: ExecutionResult, root: string): unknown {
  const errors = (result.errors ?? []).map(thrown)
  const failure = outageIn(result) ?? errors.find((error) => !(error instanceof AppError)) ?? errors[0]
  return failure instanceof AnswerTooLarge ? failure.seenFrom(root) : failure
}

/**
 * Makes a function that runs a document, which begins with its operation. The function gives the whole answer, or throws. It
 * compiles the document when it is first called. `root` is the place in the document that the door shows, so an error names
 * fields from there on. `at` is what `given` has.
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
