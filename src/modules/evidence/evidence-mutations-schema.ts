import { can } from '../../access/abilities.ts'
import { mutation } from '../../graphql/mutation.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { collectEvidenceByHand } from './collect-by-hand.ts'
import { ReleaseEvidence } from './evidence-schema.ts'

mutation('evidenceCollect', {
  ability: 'release:create',
  description:
    'Collect evidence of a release at once, as often as you like. An upcoming release is refused, because its evidence ' +
    'is collected at its release date. Needs the role Developer. Not in GitLab.',
  input: {
    description: 'Which release to collect evidence of. Not in GitLab.',
    argument: 'The release.',
    fields: (t) => ({
      projectPath: t.id({ required: true, description: 'Full path of the project.' }),
      tagName: t.string({ required: true, description: 'Tag of the release.' }),
    }),
  },
  payload: {
    description: 'The evidence that was collected. Not in GitLab.',
    fields: {
      evidence: {
        type: ReleaseEvidence,
        description: 'The evidence. Null with errors, and for viewers without `evidence:read`.',
      },
      release: { type: ReleaseType, description: 'Its release; null with errors.' },
    },
  },
  run: async (context, input) => {
    const evidence = await collectEvidenceByHand(context, input)
    const { release } = evidence
    return { evidence: can(context.viewer, 'evidence:read', release.project) ? evidence : null, release }
  },
})
