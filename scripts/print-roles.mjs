// Writes docs/roles.md from the built code.
import { writeFileSync } from 'node:fs'
import { endpoints } from '../dist/http/rest/endpoints.js'
import { abilitiesOf, isOpenToPipelines } from '../dist/modules/access/abilities.js'
import { canInGroup, groupAbilities } from '../dist/modules/access/group-abilities.js'
import { role } from '../dist/modules/access/roles.js'
import { anonymous } from '../dist/modules/access/viewer.js'
import { schema } from '../dist/schema.js'
import { rolesPage } from './roles-page.mjs'

const code = { abilitiesOf, isOpenToPipelines, canInGroup, groupAbilities, role, anonymous, schema, endpoints }
writeFileSync(new URL('../docs/roles.md', import.meta.url), rolesPage(code))
