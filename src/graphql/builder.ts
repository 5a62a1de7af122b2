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
  /** Every connection tells how many rows it has. */
  Connection: { count: () => number | Promise<number> }
  Scalars: IdScalars & {
    ID: { Input: string; Output: string | number }
    /** An instant, or a calendar date as YYYY-MM-DD. */
    Time: { Input: Date; Output: Date | string }
    JSON: { Input: unknown; Output: unknown }
  }
}>({
  // The first plugin is the outermost: nothing is loaded for a field before the viewer is known to have it.
  plugins: [AccessPlugin, FIELD_OPTIONS, RelayPlugin, PrismaPlugin],
  prisma: { client: nodeClient, dmmf: getDatamodel(), exposeDescriptions: false },
  relay: {
    clientMutationId: 'optional',
    encodeGlobalID: (typeName, id) => toGlobalId(typeName, id as string | number),
    decodeGlobalID: parseNodeId,
    nodeTypeOptions: { description: 'An object with a global ID that `Query.node` finds.' },
    idFieldOptions: { description: 'Global ID.' },
    nodeQueryOptions: {
      args: { id: { description: 'Global ID.' } },
      description: 'The object of that global ID; null when there is none or the viewer may not read it.',
      resolve: async (_root, { id }, { viewer }, { schema }, resolveNode) =>
        readableNode(schema.getType(id.typename), await resolveNode(id), viewer),
    },
    nodesQueryOptions: {
      args: { ids: { description: 'Global IDs, at most 100.' } },
      description:
        'The objects of those global IDs in their order; null for each that is absent or hidden. At most 100.',
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
    `Everything that can be read. One answer may hold ${MAX_ANSWER_BYTES} bytes, unless the server is configured otherwise: one ` +
    'that would hold more is refused as a whole with the code `TOO_LARGE`, which names a field and page sizes that would do.',
})
