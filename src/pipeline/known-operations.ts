// Operations by their text. One that comes again is kept, compiled to a function where the compiler can: so what somebody sends once
// costs a parse and no memory, and what front ends send all the time costs neither. What was refused never gets here.
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from '../context/context.ts'
import { compile } from './compile.ts'
import { type MeasureOperation, measureOperation } from './cost.ts'
import { type ProjectPaths, projectPathsOf } from './kept-fields.ts'
import { asksForSchema, chosenOperation, parseText, validationErrors } from './parse.ts'
import { NotRun } from './refusal.ts'
import { type AssertVariables, variablesOf } from './variables.ts'

export type Run = (
  context: Context,
  variables: Readonly<Record<string, unknown>>,
  /** What the fields of `Query` are resolved on; only documents of our own need any. */
  root?: object,
) => ExecutionResult | Promise<ExecutionResult>

/** A document and which of its operations is meant. */
export type Operation = {
  document: DocumentNode
  node: OperationDefinitionNode
  measure: MeasureOperation
  /** Whether anything in the document asks what the schema is. */
  asksForSchema: boolean
  /** Throws what is wrong with the document; not looked for before the operation is known to be within the limits. */
  assertValid: () => void
  assertVariables: AssertVariables
  /** The projects that the answer of a valid operation consists of; null when the answer cannot be kept. */
  projectPaths: () => ProjectPaths | null
  /** Compiled; null: it is to be interpreted. */
  compiled: Run | null
}

/** Texts that came once, by their digests. */
const MAX_SEEN = 10_000
const MAX_BYTES = 32 * 1024 ** 2
/** Of the compiled functions and of the parsed document, measured on queries of 10 to 240 fields. */
const BYTES_PER_FIELD = 8_000
const BYTES_PER_CHARACTER = 60

const bytesOf = ({ measure, compiled }: Operation, key: string) =>
  1_000 + key.length * BYTES_PER_CHARACTER + (compiled ? measure({}).fields * BYTES_PER_FIELD : 0)

const keyOf = (text: string, operationName: string | null) => `${operationName ?? ''}\n${text}`

export type KnownOperationsStatistics = { count: number; bytes: number; hits: number; misses: number }

export type KnownOperations = {
  find: (text: string, operationName: string | null) => Promise<Operation>
  /** Called for one that is valid and within the limits. */
  note: (text: string, operationName: string | null, operation: Operation) => void
  statistics: () => KnownOperationsStatistics
}

function prepare(schema: GraphQLSchema, text: string, operationName: string | null): Operation {
  const document = parseText(text)
  const node = chosenOperation(document, operationName)
  return {
    document,
    node,
    measure: measureOperation(schema, document, node),
    asksForSchema: asksForSchema(document),
    assertValid: () => {
      const errors = validationErrors(schema, document)
      if (errors.length > 0) throw new NotRun(errors)
    },
    assertVariables: variablesOf(schema, node),
    projectPaths: () => projectPathsOf(schema, document, node),
    compiled: null,
  }
}

/** The same for good: known to be valid. */
function keepable(schema: GraphQLSchema, operation: Operation): Operation {
  const projectPaths = operation.projectPaths()
  return { ...operation, assertValid: () => {}, projectPaths: () => projectPaths, compiled: compile(schema, operation) }
}

/** Characters that take milliseconds to parse and to measure. */
const LONG_TEXT = 2_000

/** One at a time, and between two of them whatever else is to be done. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}

export function createKnownOperations(schema: GraphQLSchema, maxBytes = MAX_BYTES): KnownOperations {
  const known = new LRUCache<string, Operation>({ maxSize: maxBytes, sizeCalculation: bytesOf })
  const seen = new LRUCache<string, true>({ max: MAX_SEEN })
  const counts = { hits: 0, misses: 0 }
  const nextTurn = createTurns()
  return {
    async find(text, operationName) {
      const found = known.get(keyOf(text, operationName))
      counts[found ? 'hits' : 'misses'] += 1
      if (found) return found
      if (text.length > LONG_TEXT) await nextTurn()
      return prepare(schema, text, operationName)
    },
    note(text, operationName, operation) {
      const key = keyOf(text, operationName)
      if (known.has(key)) return
      const digest = createHash('sha256').update(key).digest('base64')
      if (seen.has(digest)) known.set(key, keepable(schema, operation))
      else seen.set(digest, true)
    },
    statistics: () => ({ count: known.size, bytes: known.calculatedSize, ...counts }),
  }
}
