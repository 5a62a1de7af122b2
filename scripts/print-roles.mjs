// Writes docs/roles.md from the built code.
import { writeFileSync } from 'node:fs'
import { abilitiesOf, isOpenToPipelines } from '../dist/access/abilities.js'
import { canInGroup, groupAbilities } from '../dist/access/group-abilities.js'
import { role } from '../dist/access/roles.js'
import { anonymous } from '../dist/access/viewer.js'
import { endpoints } from '../dist/http/rest/endpoints.js'
import { schema } from '../dist/schema.js'
import { rolesPage } from './roles-page.mjs'

const code = { abilitiesOf, isOpenToPipelines, canInGroup, groupAbilities, role, anonymous, schema, endpoints }
writeFileSync(new URL('../docs/roles.md', import.meta.url), rolesPage(code))
