import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { loadConfig, variableNames } from '../../src/config.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

const example = read('.env.example')
const examples = [...example.matchAll(/^#([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)

test('the table of configuration explains every variable that the server reads, and no other', () => {
  const rows = read('docs/operate/configuration.md').matchAll(/^\| (`[A-Z_`, ]+) \|/gm)
  const explained = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(explained.sort()).toEqual([...variableNames].sort())
})

test('.env.example has every variable once, each below a comment', () => {
  expect([...examples].sort()).toEqual([...variableNames].sort())
  const silent = example.split(/\n\n/).filter((part) => part.includes('=') && !/^# /m.test(part))
  expect(silent).toEqual([])
})

test('every value in .env.example is accepted by the server', () => {
  const env = parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, ''))
  expect(Object.keys(env).sort()).toEqual([...variableNames].sort())
  expect(() => loadConfig(env)).not.toThrow()
})

/** The default of these variables depends on the machine, or they have none. The file has an example of each. */
const withoutDefault = [
  'ALLOWED_PRIVATE_ADDRESSES',
  'BASE_URL',
  'TRUST_PROXY',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_READ_URL',
  'STORAGE',
  'METRICS_TOKEN',
  'SMTP_URL',
  'MAIL_FROM',
  'TRUSTED_DOCUMENTS',
  'ARCHIVE_BUILDS',
  'ARCHIVE_BUILDS_PER_VIEWER',
  'NODE_ENV',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
]

test('the other values in .env.example are the defaults', () => {
  const env = parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, ''))
  for (const name of withoutDefault) delete env[name]
  expect(Object.keys(env).length).toBeGreaterThan(20)
  for (const [name, value] of Object.entries(env)) {
    expect(loadConfig({ [name]: value ?? '' }), name).toEqual(loadConfig({}))
  }
})
