import { expect, test } from 'vitest'
import { abilitiesOf, isOpenToPipelines } from '../../src/access/abilities.ts'
import { canInGroup, groupAbilities } from '../../src/access/group-abilities.ts'
import { role } from '../../src/access/roles.ts'
import { anonymous } from '../../src/access/viewer.ts'
import { endpoints } from '../../src/http/rest/endpoints.ts'
import { schema } from '../../src/schema.ts'
import { readText } from './pages.ts'

const script = new URL('../../scripts/roles-page.mjs', import.meta.url).href

test('the page of roles is what npm run docs prints from the code', async () => {
  const { rolesPage } = (await import(script)) as { rolesPage: (code: object) => string }
  const code = { abilitiesOf, isOpenToPipelines, canInGroup, groupAbilities, role, anonymous, schema, endpoints }
  expect(readText('docs/roles.md')).toBe(rolesPage(code))
})
