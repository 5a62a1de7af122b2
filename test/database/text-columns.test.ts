// The columns of texts that clients send hold as many characters as the server accepts.
import { expect, test } from 'vitest'
import { maxCharacters, type TextName } from '../../src/foundation/text-limits.ts'
import { toCamelCase } from '../../src/rows/columns.ts'
import { useSmallWorld } from './small-world.ts'

const world = useSmallWorld()

/** Columns whose text has another name than the column. */
const otherNames: Readonly<Record<string, TextName>> = {
  'protected_tags.name': 'tag',
  'packages.version': 'name',
  'project_imports.source_path': 'fullPath',
  freezeStart: 'cron',
  freezeEnd: 'cron',
  cronTimezone: 'timeZone',
  title: 'name',
  email: 'name',
  fileName: 'name',
}

/** Columns whose text the server makes, or takes only in one form. */
const ofTheServer = new Set([
  ...[
    'algorithm',
    'authorName',
    'caller',
    'digest',
    'event',
    'eventType',
    'issuer',
    'key',
    'kid',
    'migration',
    'occasion',
    'oldestVersion',
  ],
  ...[
    'problem',
    'refusal',
    'requestDigest',
    'requestId',
    'scope',
    'secret',
    'semverKey',
    'sha',
    'span',
    'sha256',
    'subject',
    'targetType',
  ],
])

function textOf(table: string, column: string): string {
  const name = toCamelCase(column)
  return otherNames[`${table}.${column}`] ?? otherNames[name] ?? name
}

test('each text column that clients write is as long as the limit of its text', async () => {
  const { rows } = await world.client.query<{ table: string; column: string; length: number }>(`
    SELECT table_name AS table, column_name AS column, character_maximum_length AS length
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' AND character_maximum_length IS NOT NULL`)
  const compared = rows.filter(({ table, column }) => textOf(table, column) in maxCharacters)
  const differing = compared.filter(
    ({ table, column, length }) => maxCharacters[textOf(table, column) as TextName] !== length,
  )
  expect(differing).toEqual([])
  expect(compared.length).toBeGreaterThanOrEqual(20)
  const unknown = rows.filter((row) => !compared.includes(row) && !ofTheServer.has(toCamelCase(row.column)))
  expect(unknown).toEqual([])
})
