import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { evidenceUrl } from '../releases/release-urls.ts'
import { evidencesOfRelease, summaryOf } from './evidence-loaders.ts'

const guarded = { needs: 'evidence:read', otherwise: null } as const

export const ReleaseEvidence = builder.prismaNode('Evidence', {
  name: 'ReleaseEvidence',
  description: 'A snapshot of what a release was, taken so that it can be checked later.',
  id: { field: 'id', kept: true, access: 'public', description: 'Global ID: `gid://gitlab/Releases::Evidence/1`.' },
  include: { release: { include: { project: true } } },
  access: { needs: 'evidence:read', project: (evidence) => evidence.release.project },
  nullable: true,
  findUnique: (id) => ({ id: Number(id) }),
  fields: (t) => ({
    sha: t.exposeString('sha', {
      kept: true,
      access: guarded,
      description: 'SHA-256 of the canonical JSON of the snapshot, in lower-case hex.',
    }),
    filepath: t.string({
      kept: true,
      access: guarded,
      description: 'Absolute URL of the snapshot. The answer has the signature in the header `X-Waybill-Signature`.',
      reads: [],
      resolve: (evidence, _args, context) => evidenceUrl(context, evidence.release, evidence),
    }),
    signature: t.exposeString('signature', {
      kept: true,
      access: guarded,
      description:
        'Detached JWS (ES256) of the canonical JSON of the snapshot. Its key is in `/.well-known/jwks.json`. Null for ' +
        'evidence that was never signed. Not in GitLab.',
    }),
    collectedAt: t.expose('createdAt', {
      type: 'Time',
      kept: true,
      access: guarded,
      description: 'When the snapshot was taken.',
    }),
    summary: t.field({
      type: 'JSON',
      kept: true,
      access: guarded,
      description: 'The snapshot itself. Not in GitLab.',
      reads: [],
      resolve: (evidence, _args, context, info) => summaryOf(context, evidence, () => placeOfField(info)),
    }),
  }),
})

const evidencePageTypes = pageTypes({
  type: ReleaseEvidence,
  name: 'ReleaseEvidence',
  one: 'A piece of evidence',
  many: 'evidence',
})

builder.prismaObjectField(ReleaseType, 'allEvidences', (t) =>
  t.field({
    type: [ReleaseEvidence],
    internal: true,
    kept: true,
    nullable: false,
    access: { needs: 'evidence:read', otherwise: () => [], instead: 'an empty list' },
    description: 'All evidence, the oldest first.',
    reads: [],
    ...evidencesOfRelease.all,
  }),
)

builder.prismaObjectField(ReleaseType, 'evidences', (t) =>
  t.connection(
    {
      type: ReleaseEvidence,
      kept: true,
      access: { needs: 'evidence:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'Evidence, the oldest first.',
      reads: [],
      ...evidencesOfRelease.connection,
    },
    ...evidencePageTypes,
  ),
)
