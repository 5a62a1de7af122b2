// Checks variables against the types that the operation declares. We check before the operation runs, so that compiled and
// interpreted operations give the same message. The libraries do not name the variable, or repeat a whole wrong value.
import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { MAX_VALIDATION_ERRORS } from '../foundation/limits.ts'
import { NotRun, refused } from './refusal.ts'

/** The most characters of a part of a message. It may repeat a value, and this is enough to recognise the value. */
const MAX_CHARACTERS = 300

type Declared = { name: string; type: GraphQLInputType; node: VariableDefinitionNode }

type Variables = Readonly<Record<string, unknown>>

/** Throws NotRun when the variables are wrong. */
export type AssertVariables = (variables: Variables) => void

const shortened = (text: string) => (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}...` : text)

/** The path in the notation of GraphQL and JavaScript: `$input.milestones[2]`. */
const placeOf = (name: string, path: readonly (string | number)[]) =>
  `$${name}${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`

class Problems {
  readonly errors: GraphQLError[] = []

  /** Throws when there are as many problems as one answer tells. */
  add({ name, node }: Declared, path: readonly (string | number)[], problem: string): void {
    const message = `Variable "${shortened(placeOf(name, path))}" ${shortened(problem)}`
    this.errors.push(refused(new GraphQLError(message, { nodes: node }), { code: 'INVALID', status: 400, spec: true }))
    if (this.errors.length >= MAX_VALIDATION_ERRORS) throw new NotRun(this.errors)
  }

  find(declared: Declared, variables: Variables): void {
    const { name, type } = declared
    if (!Object.hasOwn(variables, name)) {
      if (isNonNullType(type) && declared.node.defaultValue === undefined) this.add(declared, [], 'is missing')
      return
    }
    coerceInputValue(variables[name], type, (path, _value, error) =>
      this.add(declared, path, `is wrong: ${error.message}`),
    )
  }
}

/** Makes the check of an operation's variables, and looks up the type of each variable only once. */
export function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): AssertVariables {
  const declared = variableDefinitions.flatMap((node): Declared[] => {
    const type = typeFromAST(schema, node.type)
    return type && isInputType(type) ? [{ name: node.variable.name.value, type, node }] : []
  })
  return (variables) => {
    const problems = new Problems()
    for (const one of declared) problems.find(one, variables)
    if (problems.errors.length > 0) throw new NotRun(problems.errors)
  }
}
