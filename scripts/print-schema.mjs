// Writes schema.graphql, which is what the outside may ask, and internal.graphql, what only our own doors may ask besides: from the
// built code, sorted.
import { writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { internalSchema, schema } from '../dist/schema.js'
import { printInternal } from './internal-sdl.mjs'

const write = (name, text) => writeFileSync(new URL(`../${name}`, import.meta.url), text)

write('schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`)
write('internal.graphql', printInternal(internalSchema(), schema))
