// Compares the contract with the code wherever that can be computed.
import {
  type GraphQLEnumType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { anonymous, type Viewer } from '../../src/access/viewer.ts'
import { httpStatus } from '../../src/foundation/errors.ts'
import { maxCharacters } from '../../src/foundation/text-limits.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { openApiDocument } from '../../src/http/rest/documentation/openapi.ts'
import { endpoints } from '../../src/http/rest/endpoints.ts'
import { isForPipelines } from '../../src/http/rest/kit/endpoint.ts'
import { operationLimits } from '../../src/pipeline/assert-may-run.ts'
import { points } from '../../src/request/rate-limits/rate-limits.ts'
import { DEFAULT_POINTS } from '../../src/request/rate-limits/settings.ts'
import { schema } from '../../src/schema.ts'
import { codeIn, readText, rowsOf, sectionOf } from './pages.ts'

const TYPES = 'docs/contract/graphql-types.md'
const ROUTES = 'docs/contract/rest-routes.md'
const BODIES = 'docs/contract/rest-bodies.md'

const compare = (documented: readonly string[], served: readonly string[]) => ({
  missing: served.filter((name) => !documented.includes(name)),
  unknown: documented.filter((name) => !served.includes(name)),
  twice: documented.filter((name, at) => documented.indexOf(name) !== at),
})
const same = { missing: [], unknown: [], twice: [] }

const firstCode = ([cell = '']: readonly string[]) => codeIn(cell)[0] ?? ''

describe('the contract of GraphQL', () => {
  const listed = (heading: string) => rowsOf(sectionOf(TYPES, heading)).map(firstCode)
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
  const fieldsOf = (type: GraphQLNamedType | null | undefined) =>
    isObjectType(type) ? Object.values(type.getFields()) : []
  const mutations = fieldsOf(schema.getMutationType())
  const ofMutations = new Set(
    mutations.flatMap(({ type, args }) => [type, ...args.map((arg) => arg.type)].map((of) => getNamedType(of).name)),
  )
  const isCarrier = ({ name }: GraphQLNamedType) => /(?:Connection|Edge)$/.test(name)
  const isOfMutation = ({ name }: GraphQLNamedType) => ofMutations.has(name)

  test.each([
    ['Queries', fieldsOf(schema.getQueryType())],
    ['Mutations', mutations],
    ['Subscriptions', fieldsOf(schema.getSubscriptionType())],
    ['Object types', types.filter((type) => isObjectType(type) && !isCarrier(type) && !isOfMutation(type))],
    ['Interfaces', types.filter(isInterfaceType)],
    ['Connections', types.filter(({ name }) => name.endsWith('Connection'))],
    ['Enums', types.filter(isEnumType)],
    ['Scalars', types.filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))],
    ['Input types', types.filter((type) => isInputObjectType(type) && !isOfMutation(type))],
  ])('the table "%s" lists what the schema has', (heading, served) => {
    expect(
      compare(
        listed(heading),
        served.map(({ name }) => name),
      ),
    ).toEqual(same)
  })

  test('every mutation takes and answers types of its own name', () => {
    const odd = mutations.filter(({ name, type, args }) => {
      const own = name.charAt(0).toUpperCase() + name.slice(1)
      return getNamedType(type).name !== `${own}Payload` || String(args.map((arg) => arg.type)) !== `${own}Input!`
    })
    expect(odd.map(({ name }) => name)).toEqual([])
  })

  test('every connection has the edges and rows that are listed', () => {
    for (const [name = '', row = ''] of rowsOf(sectionOf(TYPES, 'Connections')).map((cells) => cells.flatMap(codeIn))) {
      const fields = Object.fromEntries(
        fieldsOf(schema.getType(name)).map((field) => [field.name, getNamedType(field.type).name]),
      )
      expect(fields, name).toMatchObject({ nodes: row, edges: name.replace(/Connection$/, 'Edge') })
    }
  })

  test('every enum has the values that are listed', () => {
    for (const [name = '', ...values] of rowsOf(sectionOf(TYPES, 'Enums')).map((cells) => cells.flatMap(codeIn))) {
      const type = schema.getType(name) as GraphQLEnumType
      expect(
        compare(
          values,
          type.getValues().map((value) => value.name),
        ),
        name,
      ).toEqual(same)
    }
  })

  test('every code of an expected failure is listed with its status', () => {
    const rows = rowsOf(sectionOf('docs/contract/graphql.md', 'Kinds of errors'))
    const statuses = Object.fromEntries(rows.map((row) => [firstCode(row), Number(row[2])]))
    expect(statuses).toMatchObject(httpStatus)
  })
})

describe('the contract of REST', () => {
  const rows = rowsOf(readText(ROUTES)).filter((row) => /^`(?:GET|POST|PUT|DELETE) /.test(row[0] ?? ''))
  const routeOf = ({ method, path }: (typeof endpoints)[number]) =>
    `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '')}`

  test('the list of routes is what the server answers', () => {
    expect(compare(rows.map(firstCode), endpoints.map(routeOf))).toEqual(same)
  })

  test('every route is listed with the ability that it declares, and whether pipelines are refused', () => {
    const told = rows.map((row) => [firstCode(row), /\(`([^`]+)`(; pipelines: no)?\)/.exec(row[1] ?? '')] as const)
    const actual = endpoints.map((one) => [routeOf(one), one.ability, one.ability === undefined || isForPipelines(one)])
    expect(Object.fromEntries(told.map(([route, mark]) => [route, [mark?.[1], mark?.[2] === undefined]]))).toEqual(
      Object.fromEntries(actual.map(([route, ability, open]) => [route, [ability, open]])),
    )
  })

  const headings: Record<string, string> = {
    ...{
      SimpleRelease: 'Release',
      ReleaseLinks: 'Release',
      Evidence: 'Release',
      CommitDetail: 'Commit',
      CommitStats: 'Commit',
      CommitRef: 'Commit',
      CommitSequence: 'Commit',
    },
    ...{ SimpleProject: 'Project', GroupWithProjects: 'Group' },
    ...{ MilestoneWithStats: 'Milestone', User: 'Account', CurrentUser: 'Account', FreezePeriod: 'Freeze period' },
    ...{
      ReleaseMarks: 'Release',
      ProtectedTag: 'Protected tag',
      PackageFile: 'Package',
      ReportArtifact: 'Report artifact',
      NewUpload: 'Upload',
    },
    PersonalData: 'Personal data',
    NotificationSetting: 'Notification settings',
    ...{ Version: 'Server', Metadata: 'Server' },
  }
  /** Bodies that extend the body of an account. */
  const inherited: Record<string, string> = { Member: 'Account' }

  type Schemas = Record<string, { properties?: object }>
  const { components } = openApiDocument(endpoints, 'https://waybill.example/api/v4') as {
    components: { schemas: Schemas }
  }

  test.each(Object.entries(components.schemas))(
    'every key of the body %s is described',
    (name, { properties = {} }) => {
      const sections = [headings[name] ?? name, inherited[name]].filter((heading) => heading !== undefined)
      const described = sections.flatMap((heading) => codeIn(sectionOf(BODIES, heading)))
      const keys = new Set(described.flatMap((code) => code.split(/[^a-z0-9_]+/)))
      expect(Object.keys(properties).filter((key) => !keys.has(key))).toEqual([])
    },
  )

  test('the keys of a release are listed in the order of its body', () => {
    const listed = rowsOf(sectionOf(BODIES, 'Release')).flatMap(([cell = '']) => codeIn(cell))
    const keys = [...new Set(listed.map((key) => key.split('.', 1)[0]))]
    expect(keys).toEqual(Object.keys(components.schemas.Release?.properties ?? {}))
  })
})

describe('the contract of limits', () => {
  const LIMITS = 'docs/contract/limits.md'
  const written = (number: number) => number.toLocaleString('en')
  const cellsOf = (heading: string) =>
    sectionOf(LIMITS, heading)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.slice(2, -2).split(' | '))

  test('the depth and the cost of every viewer are listed', () => {
    const account = (admin: boolean): Viewer => ({ ...anonymous(), user: { admin } as User })
    const limits = [anonymous(), account(false), account(true)].map(operationLimits)
    const rows = cellsOf('One operation of GraphQL')
    expect(rows).toContainEqual(['depth', ...limits.map(({ depth }) => String(depth))])
    expect(rows).toContainEqual(['cost', ...limits.map(({ cost }) => String(cost))])
  })

  test('the length of every text is listed', () => {
    const told = cellsOf('Texts').map(([, characters]) => characters)
    const lengths = Object.entries(maxCharacters).filter(([name]) => name !== 'number')
    expect(lengths.filter(([, length]) => !told.includes(written(length)))).toEqual([])
  })

  test('the points that a request costs are listed, and how many there are in a minute', () => {
    const rows = cellsOf('Points in a minute').map(([, cost = '']) => Number.parseInt(cost, 10))
    expect(rows.filter(Number.isFinite)).toEqual([1, points.read, points.write, points.git])
    const section = sectionOf(LIMITS, 'Points in a minute')
    for (const budget of Object.values(DEFAULT_POINTS)) expect(section).toContain(written(budget))
  })
})
