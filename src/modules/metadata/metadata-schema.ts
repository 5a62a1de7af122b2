// Which server answers, as clients of GitLab ask for it.
import { isNobody } from '../../access/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import { metadata } from './metadata.ts'

type Metadata = typeof metadata

const Kas = builder.objectRef<Metadata>('Kas').implement({
  description: "GitLab's agent server for Kubernetes, which Waybill does not have.",
  access: 'public',
  fields: (t) => ({
    enabled: t.boolean({ nullable: false, description: 'Always false.', resolve: () => false }),
    externalUrl: t.string({ description: 'Always null.', resolve: () => null }),
    version: t.string({ description: 'Always null.', resolve: () => null }),
  }),
})

const MetadataType = builder.objectRef<Metadata>('Metadata').implement({
  description: 'The version of GitLab whose API is served, and what of it is not.',
  access: 'public',
  fields: (t) => ({
    version: t.exposeString('version', {
      nullable: false,
      description: 'The version of GitLab whose API Waybill serves. Clients decide by it what they may ask.',
    }),
    revision: t.exposeString('revision', { nullable: false, description: 'Always `waybill`.' }),
    enterprise: t.boolean({ nullable: false, description: 'Always false.', resolve: () => false }),
    kas: t.field({
      type: Kas,
      nullable: false,
      description: "GitLab's agent server for Kubernetes.",
      resolve: (server) => server,
    }),
  }),
})

builder.queryField('metadata', (t) =>
  t.field({
    type: MetadataType,
    description: 'Which server this is. Null without a credential.',
    resolve: (_root, _args, { viewer }) => (isNobody(viewer) ? null : metadata),
  }),
)
