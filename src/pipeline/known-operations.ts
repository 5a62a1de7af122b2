// Keeps operations by their text, from the second time on, compiled to a function if possible. An operation that comes once costs
// a parse and no memory, and the operations of front ends cost no parse. Refused operations are never kept.
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import type { Context } from '../context/context.ts'
import type { CacheStatistics } from '../foundation/cache-statistics.ts'
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

export type Operation = {
  document: DocumentNode
  node: OperationDefinitionNode
  measure: MeasureOperation
  /** Whether the document contains introspection. */
  asksForSchema: boolean
  /** Throws the errors of the document. Validates only when called, because the limits are checked first. */
  assertValid: () => void
  assertVariables: AssertVariables
  /** Finds the projects in the answer of a valid operation; null when the answer cannot be kept. */
  projectPaths: () => ProjectPaths | null
  /** The compiled operation; null when it must be interpreted. */
  compiled: Run | null
}

/** The most texts that came once and are remembered by their digests. */
const MAX_SEEN = 10_000
const MAX_BYTES = 32 * 1024 ** 2
/** The memory of compiled functions and parsed documents, measured on queries of 10 to 240 fields. */
const BYTES_PER_FIELD = 8_000
const BYTES_PER_CHARACTER = 60

const bytesOf = ({ measure, compiled }: Operation, key: string) =>
  1_000 + key.length * BYTES_PER_CHARACTER + (compiled ? measure({}).fields * BYTES_PER_FIELD : 0)

const keyOf = (text: string, operationName: string | null) => `${operationName ?? ''}\n${text}`

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

/** Prepares a valid operation for keeping. */
function keepable(schema: GraphQLSchema, operation: Operation): Operation {
  const projectPaths = operation.projectPaths()
  return { ...operation, assertValid: () => {}, projectPaths: () => projectPaths, compiled: compile(schema, operation) }
}

/** Parsing and measuring a text of this many characters takes milliseconds. */
const LONG_TEXT = 2_000

export function createKnownOperations(schema: GraphQLSchema, maxBytes = MAX_BYTES) {
  const known = new LRUCache<string, Operation>({ maxSize: maxBytes, sizeCalculation: bytesOf })
  const seen = new LRUCache<string, true>({ max: MAX_SEEN })
  const counts = { hits: 0, misses: 0 }
  const oneAtATime = pLimit(1)
  return {
    async find(text: string, operationName: string | null): Promise<Operation> {
      const found = known.get(keyOf(text, operationName))
      counts[found ? 'hits' : 'misses'] += 1
      if (found) return found
      // Waits for a turn of the event loop of its own, so that the process does other work between two long texts.
      if (text.length > LONG_TEXT) await oneAtATime(() => setImmediate())
      return prepare(schema, text, operationName)
    },
    /** Must be called only for an operation that is valid and within the limits. */
    note(text: string, operationName: string | null, operation: Operation): void {
      const key = keyOf(text, operationName)
      if (known.has(key)) return
      const digest = createHash('sha256').update(key).digest('base64')
      if (seen.has(digest)) known.set(key, keepable(schema, operation))
      else seen.set(digest, true)
    },
    statistics: (): CacheStatistics => ({ entries: known.size, bytes: known.calculatedSize, ...counts }),
  }
}
