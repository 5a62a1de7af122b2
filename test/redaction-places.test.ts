// docs/redaction.md says that the title of a release is masked in one place. This list is how one knows that it is so: every place in
// `src` that makes a title, or reads the stored one in SQL, and why it tells a viewer without code access nothing.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../src', import.meta.url))

const places: Record<string, string> = {
  'modules/releases/release-title.ts': 'makes it',
  'modules/releases/release-schema.ts': 'shows it, and masks it: the one place',
  'modules/releases/release-filters.ts': 'searches it, with code access alone',
  'modules/publishing/draft-schema.ts': 'shows drafts, to who may make releases',
  'modules/publishing/draft-service.ts': 'writes an audit event',
  'modules/publishing/create-release.ts': 'checks the title of a new release',
  'modules/publishing/insert-release.ts': 'writes an audit event',
  'modules/publishing/update-release.ts': 'writes an audit event',
  'modules/publishing/delete-release.ts': 'writes an audit event',
  'modules/imports/write-release.ts': 'writes what another server tells',
  'modules/evidence/snapshot-rows.ts': 'reads what evidence holds',
  'modules/evidence/evidence-snapshot.ts': 'makes evidence, which is withheld whole',
  'modules/evidence/collect-by-hand.ts': 'writes an audit event',
  'modules/webhooks/queue-events.ts': 'keeps what an event tells, while the project has a repository',
  'modules/webhooks/event-body.ts': 'tells hooks, which only readers of the code make',
}

const files = (readdirSync(root, { recursive: true }) as string[]).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('generated'),
)
const without = (text: string) => text.replace(/^import .*$/gm, '').replace(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '')

test('every place that makes the title of a release or reads the stored one is known', () => {
  const found = files.filter((file) =>
    /\btitleOf\b|\br\.name\b|\b(?:release|draft)\.name\s*\?\?/.test(
      without(readFileSync(path.join(root, file), 'utf8')),
    ),
  )
  expect(found.sort()).toEqual(Object.keys(places).sort())
})
