// Writes schema.graphql, which is what the outside may ask, and internal.graphql, what only our own doors may ask besides: from the
// built code, sorted.
import { writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { printInternal } from '../dist/graphql/internal-sdl.js'
import { internalSchema, schema } from '../dist/schema.js'

const write = (name, text) => writeFileSync(new URL(`../${name}`, import.meta.url), text)

write('schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`)
write('internal.graphql', printInternal(internalSchema(), schema))
