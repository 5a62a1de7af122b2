import { readFileSync } from 'node:fs'
import SchemaBuilder from '@pothos/core'
import {
  type GraphQLNamedType,
  getNamedType,
  graphql,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import type { ProjectAccess } from '../src/access/abilities.ts'
import { anonymous } from '../src/access/viewer.ts'
import { db } from '../src/database/db.ts'
import { getDatamodel } from '../src/generated/pothos-types.ts'
import type { Credential } from '../src/generated/prisma/enums.ts'
import AccessPlugin from '../src/graphql/access-plugin.ts'
import { schema } from '../src/schema.ts'

const ours = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))

/** Every name in the schema that needs a description. */
function describable(type: GraphQLNamedType): [string, string | null | undefined][] {
  const builtIn = ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)
  const own: [string, string | null | undefined][] = builtIn ? [] : [[type.name, type.description]]
  if (isEnumType(type))
    return [
      ...own,
      ...type.getValues().map(({ name, description }) => [`${type.name}.${name}`, description] as [string, string]),
    ]
  if (isInputObjectType(type))
    return [
      ...own,
      ...Object.values(type.getFields()).map(
        ({ name, description }) => [`${type.name}.${name}`, description] as [string, string],
      ),
    ]
  if (!isObjectType(type) && !isInterfaceType(type)) return own
  const fields = Object.values(type.getFields()).flatMap(({ name, description, args }) => [
    [`${type.name}.${name}`, description] as [string, string],
    ...args.map((arg) => [`${type.name}.${name}(${arg.name})`, arg.description] as [string, string]),
  ])
  return [...own, ...fields]
}

describe('the schema', () => {
  test('the schema is the one in schema.graphql', () => {
    const file = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
    // After an intended change: npm run schema.
    expect(file).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`)
  })

  test('the schema describes every type, field, argument and value', () => {
    const silent = ours.flatMap(describable).filter(([, description]) => !description)
    expect(silent.map(([place]) => place)).toEqual([])
  })

  test('the schema says for every text that comes in how long the text may be', () => {
    const unbounded = ours.flatMap((type) => {
      const inputs = isInputObjectType(type)
        ? Object.values(type.getFields()).map((input) => ({ place: type.name, input }))
        : isObjectType(type) || isInterfaceType(type)
          ? Object.values(type.getFields()).flatMap(({ name, args }) =>
              args.map((input) => ({ place: `${type.name}.${name}`, input })),
            )
          : []
      return inputs
        .filter(({ input }) => ['String', 'ID'].includes(getNamedType(input.type).name))
        .filter(({ input }) => !/at most [\d,]+ (?:characters|bytes)/i.test(input.description ?? ''))
        .map(({ place, input }) => `${place}.${input.name}`)
    })
    expect(unbounded).toEqual([])
  })

  test('the schema leaves the enums and IDs of GitLab as they are', () => {
    const values = (name: string) => {
      const type = schema.getType(name)
      return isEnumType(type)
        ? type
            .getValues()
            .map((value) => value.name)
            .sort()
        : null
    }
    expect(values('ReleaseSort')).toEqual(['CREATED_ASC', 'CREATED_DESC', 'RELEASED_AT_ASC', 'RELEASED_AT_DESC'])
    expect(values('GroupReleaseSort')).toEqual(['RELEASED_AT_ASC', 'RELEASED_AT_DESC'])
    expect(values('ReleaseAssetLinkType')).toEqual(['IMAGE', 'OTHER', 'PACKAGE', 'RUNBOOK'])
    expect(values('MilestoneStateEnum')).toEqual(['active', 'closed'])
    expect(values('CiFreezePeriodStatus')).toEqual(['ACTIVE', 'INACTIVE'])
  })
})

describe('the access plugin', () => {
  const build = (declare: (builder: ReturnType<typeof newBuilder>) => void) => () => {
    const builder = newBuilder()
    builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) })
    declare(builder)
    builder.toSchema()
  }
  // The types of registered plugins are global, so Pothos asks for Prisma's options although this test does not use Prisma.
  const unused = { client: () => db, dmmf: getDatamodel() }
  const newBuilder = () =>
    new SchemaBuilder<{ Objects: { Secret: { project: ProjectAccess } } }>({ plugins: [AccessPlugin], prisma: unused })
  const ofProject = { needs: 'project:read', project: (secret: { project: ProjectAccess }) => secret.project } as const

  test('the access plugin refuses a field of a repository-bearing type that declares nothing', () => {
    const forgetful = build((builder) =>
      builder.objectType('Secret', { access: ofProject, fields: (t) => ({ tag: t.string({ resolve: () => 'v1' }) }) }),
    )
    expect(forgetful).toThrow("Field Secret.tag declares no access: 'public' or { needs, otherwise }")
  })

  test('the access plugin refuses a type that does not say whether it bears a repository', () => {
    const forgetful = build((builder) =>
      builder.objectType('Secret', { fields: (t) => ({ n: t.int({ resolve: () => 1 }) }) }),
    )
    expect(forgetful).toThrow("Type Secret declares no access: { needs, project } or 'public'")
  })

  test('the access plugin refuses a mutation that does not say which ability it needs', () => {
    const forgetful = build((builder) =>
      builder.mutationType({
        // @ts-expect-error: the types refuse it, too
        fields: (t) => ({ publish: t.boolean({ resolve: () => true }) }),
      }),
    )
    expect(forgetful).toThrow('Mutation.publish declares no ability')
  })

  test.each([
    ['release:create', ['access_token', 'job_token', 'pipeline_jwt'], ''],
    ['project:update', ['access_token'], ' Refused to job tokens and other pipelines.'],
    ['group/milestone:write', ['access_token'], ' Refused to job tokens and other pipelines.'],
  ] as const)(
    'the access plugin runs a mutation that needs %s for %j alone, whatever the mutation asks for itself',
    async (ability, may, note) => {
      const builder = newBuilder()
      builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) })
      builder.mutationType({
        fields: (t) => ({ write: t.string({ ability, description: 'Write.', nullable: true, resolve: () => 'done' }) }),
      })
      const schema = builder.toSchema()
      expect(schema.getMutationType()?.getFields().write?.description).toBe(`Write.${note}`)
      const run = (credential: Credential) =>
        graphql({ schema, source: 'mutation { write }', contextValue: { viewer: { ...anonymous(), credential } } })
      for (const credential of ['access_token', 'job_token', 'pipeline_jwt'] as const) {
        const { data, errors } = await run(credential)
        const isRun = may.some((one) => one === credential)
        expect([data?.write, errors?.length ?? 0]).toEqual(isRun ? ['done', 0] : [null, 1])
      }
    },
  )

  test('the access plugin accepts fields that declare what they need, and writes it into their description', () => {
    const builder = newBuilder()
    builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) })
    builder.objectType('Secret', {
      access: ofProject,
      fields: (t) => ({
        tag: t.string({
          access: { needs: 'code:read', otherwise: null },
          nullable: true,
          description: 'The tag.',
          resolve: () => 'v1',
        }),
        id: t.int({ access: 'public', resolve: () => 1 }),
      }),
    })
    expect(printSchema(builder.toSchema())).toContain('"""The tag. Needs `code:read`; otherwise null."""')
  })

  test('the access plugin knows every type of the schema that bears a repository', () => {
    const bearing = ours.filter((type) => type.extensions.access).map(({ name }) => name)
    expect(bearing.sort()).toEqual([
      'Branch',
      'CiFreezePeriod',
      'Commit',
      'Environment',
      'Issue',
      'Project',
      'ProtectedTag',
      'Release',
      'ReleaseAssetLink',
      'ReleaseAssets',
      'ReleaseComparison',
      'ReleaseDraft',
      'ReleaseEvidence',
      'ReleaseLinks',
      'ReleaseSource',
      'Repository',
      'Tag',
    ])
  })
})
