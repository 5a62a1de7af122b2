// Which server answers, as clients of GitLab ask for it.
import { isNobody } from '../../access/viewer.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
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

const FeatureFlag = builder.objectRef<string>('FeatureFlag').implement({
  description: 'A switch of GitLab for a feature. Waybill has none.',
  access: 'public',
  fields: (t) => ({
    name: t.string({ nullable: false, description: 'Its name.', resolve: (name) => name }),
    enabled: t.boolean({ nullable: false, description: 'Always false.', resolve: () => false }),
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
    featureFlags: t.field({
      type: [FeatureFlag],
      nullable: false,
      description: 'The feature flags with these names, all of which are off.',
      args: {
        names: t.arg.stringList({ required: true, description: `Names of feature flags, at most ${MAX_PAGE_SIZE}.` }),
      },
      resolve: (_server, { names }) => {
        assertAtMost('names', names, MAX_PAGE_SIZE)
        return names
      },
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
