// Mercurius with its compiler and its loaders.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { batched, single } from './peer-data.mjs'
import { computed, typeDefs } from './peer-schema.mjs'

const mapValues = (object, map) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))

const resolvers = mapValues({ ...single, ...computed }, (fields, type) =>
  type === 'Time' ? fields : { ...fields, ...single[type] },
)
// Without the cache of loaders: it would answer from memory what others read.
const loader = (load) => ({ loader: (queries) => load(queries.map(({ obj }) => obj)), opts: { cache: false } })
const loaders = mapValues(batched, (fields) => mapValues(fields, loader))

const app = Fastify()
app.register(mercurius, { schema: typeDefs, resolvers, loaders, jit: 1 })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
