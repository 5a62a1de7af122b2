// Apollo Server with one DataLoader per list of children and request.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import DataLoader from 'dataloader'
import { batched, single } from './peer-data.mjs'
import { computed, typeDefs } from './peer-schema.mjs'

const fieldsOf = (type) =>
  Object.fromEntries(
    Object.keys(batched[type] ?? {}).map((field) => [
      field,
      (parent, _args, context) => context[`${type}.${field}`].load(parent),
    ]),
  )

const types = new Set([...Object.keys(single), ...Object.keys(computed)])
const resolvers = Object.fromEntries(
  [...types].map((type) => [
    type,
    type === 'Time' ? computed.Time : { ...computed[type], ...single[type], ...fieldsOf(type) },
  ]),
)

const context = async () =>
  Object.fromEntries(
    Object.entries(batched).flatMap(([type, fields]) =>
      Object.entries(fields).map(([field, load]) => [`${type}.${field}`, new DataLoader(load)]),
    ),
  )

const server = new ApolloServer({ typeDefs, resolvers })
await startStandaloneServer(server, { context, listen: { port: Number(process.env.PORT), host: '127.0.0.1' } })
