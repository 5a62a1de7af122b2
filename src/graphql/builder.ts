import SchemaBuilder from '@pothos/core'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import type { Context } from '../context/context.ts'
import { invalid } from '../foundation/errors.ts'
import { type IdScalars, parseNodeId, toGlobalId } from '../foundation/global-id.ts'
import { MAX_ANSWER_BYTES, MAX_PAGE_SIZE } from '../foundation/limits.ts'
import type PrismaTypes from '../generated/pothos-types.ts'
import { getDatamodel } from '../generated/pothos-types.ts'
import { nodeClient } from '../rows/node-client.ts'
import AccessPlugin, { readableNode } from './access-plugin.ts'
import { FIELD_OPTIONS } from './field-options.ts'
import { connectionOptions } from './relay-options.ts'

export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: true
  PrismaTypes: PrismaTypes
  Connection: { count: () => number | Promise<number> }
  Scalars: IdScalars & {
    ID: { Input: string; Output: string | number }
    /** An instant, or a calendar date as YYYY-MM-DD. */
    Time: { Input: Date; Output: Date | string }
    JSON: { Input: unknown; Output: unknown }
  }
}>({
  // The first plugin is the outermost, so access is checked before anything is loaded for a field.
  plugins: [AccessPlugin, FIELD_OPTIONS, RelayPlugin, PrismaPlugin],
  // The Prisma plugin gives typed objects and nodes, and nothing else. Rows are read by tables (`rows/table.ts`), because the
  // plugin's own queries and relations read no part of what a query needs in the statement of its parent.
  prisma: { client: nodeClient, dmmf: getDatamodel(), exposeDescriptions: false },
  relay: {
    clientMutationId: 'optional',
    encodeGlobalID: (typeName, id) => toGlobalId(typeName, id as string | number),
    decodeGlobalID: parseNodeId,
    nodeTypeOptions: { description: 'An object with a global ID that `Query.node` finds.' },
    idFieldOptions: { description: 'Global ID.' },
    nodeQueryOptions: {
      args: { id: { description: 'Global ID.' } },
      description: 'The object with the global ID; null when it does not exist or the viewer may not read it.',
      resolve: async (_root, { id }, { viewer }, { schema }, resolveNode) =>
        readableNode(schema.getType(id.typename), await resolveNode(id), viewer),
    },
    nodesQueryOptions: {
      args: { ids: { description: 'Global IDs, at most 100.' } },
      description:
        'The objects with the global IDs, in the same order; null for a missing or hidden object. At most 100.',
      resolve: async (_root, { ids }, { viewer }, { schema }, resolveNodes) => {
        if (ids.length > MAX_PAGE_SIZE) throw invalid(`"ids" takes at most ${MAX_PAGE_SIZE} IDs, but has ${ids.length}`)
        const nodes = await resolveNodes(ids)
        return nodes.map((node, at) => readableNode(schema.getType(ids[at]?.typename ?? ''), node, viewer))
      },
    },
    ...connectionOptions,
  },
})

builder.queryType({
  description:
    `Everything that can be read. An answer may have at most ${MAX_ANSWER_BYTES} bytes, unless the server is configured otherwise. ` +
    'A larger answer is refused with the code `TOO_LARGE`, and the message names a field and page sizes that would fit.',
})
