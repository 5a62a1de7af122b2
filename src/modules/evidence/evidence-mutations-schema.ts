import { can } from '../../access/abilities.ts'
import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { collectEvidenceByHand } from './collect-by-hand.ts'
import type { EvidenceNode } from './evidence-loaders.ts'
import { ReleaseEvidence } from './evidence-schema.ts'

const EvidenceCollectInput = builder.inputType('EvidenceCollectInput', {
  description: 'Which release to collect evidence of. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    tagName: t.string({ required: true, description: 'Tag of the release.' }),
  }),
})

type EvidencePayload = Payload & { evidence: EvidenceNode | null; release: ReleaseNode | null }

const EvidenceCollectPayload = builder.objectRef<EvidencePayload>('EvidenceCollectPayload').implement({
  description: 'The evidence that was collected. Not in GitLab.',
  access: 'public',
  interfaces: [MutationPayload],
  fields: (t) => ({
    evidence: t.field({
      type: ReleaseEvidence,
      nullable: true,
      description: 'The evidence; null with errors. Needs `evidence:read`; otherwise null.',
      resolve: ({ evidence }, _args, { viewer }) =>
        evidence && can(viewer, 'evidence:read', evidence.release.project) ? evidence : null,
    }),
    release: t.expose('release', { type: ReleaseType, nullable: true, description: 'Its release; null with errors.' }),
  }),
})

builder.mutationField('evidenceCollect', (t) =>
  t.field({
    type: EvidenceCollectPayload,
    nullable: true,
    ability: 'release:create',
    description:
      'Collect evidence of a release at once, as often as you like. One that is upcoming is refused: its evidence is ' +
      'collected at its release date. Needs the role Developer. Not in GitLab.',
    args: { input: t.arg({ type: EvidenceCollectInput, required: true, description: 'Which release.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { evidence: null, release: null }, async () => {
        const evidence = await collectEvidenceByHand(context, input)
        return { evidence, release: evidence.release }
      }),
  }),
)
