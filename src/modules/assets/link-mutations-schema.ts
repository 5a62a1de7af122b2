import { builder } from '../../graphql/builder.ts'
import {
  assertNotNull,
  attempt,
  clientMutationIdOptions,
  MutationPayload,
  type Payload,
} from '../../graphql/mutation.ts'
import type { AssetLinkNode } from './asset-loaders.ts'
import { ReleaseAssetLink, ReleaseAssetLinkType } from './link-schema.ts'
import { createLink, deleteLink, updateLink } from './write-links.ts'

const name = 'Name, unique in the release.'
const url = 'Absolute http, https or ftp URL, unique in the release; at most 8,192 characters.'
const directAssetPath = 'Path of the permanent URL: `/` and at least three of `A-Za-z0-9_-./`.'

const ReleaseAssetLinkCreateInput = builder.inputType('ReleaseAssetLinkCreateInput', {
  description: 'A new link of a release.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    tagName: t.string({ required: true, description: 'Tag of the release.' }),
    name: t.string({ required: true, description: name }),
    url: t.string({ required: true, description: url }),
    directAssetPath: t.string({ description: directAssetPath }),
    linkType: t.field({ type: ReleaseAssetLinkType, defaultValue: 'other', description: 'What it leads to.' }),
  }),
})

const ReleaseAssetLinkUpdateInput = builder.inputType('ReleaseAssetLinkUpdateInput', {
  description: 'Changes of a link; what is absent stays as it is.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field({ type: 'ReleasesLinkID', required: true, description: 'Global ID of the link.' }),
    name: t.string({ description: `${name} Must not be null.` }),
    url: t.string({ description: `${url} Must not be null.` }),
    directAssetPath: t.string({ description: `${directAssetPath} Null takes it away.` }),
    linkType: t.field({ type: ReleaseAssetLinkType, description: 'What it leads to. Must not be null.' }),
  }),
})

const ReleaseAssetLinkDeleteInput = builder.inputType('ReleaseAssetLinkDeleteInput', {
  description: 'Which link to delete.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field({ type: 'ReleasesLinkID', required: true, description: 'Global ID of the link.' }),
  }),
})

const payload = (name: string, description: string) =>
  builder.objectRef<Payload & { link: AssetLinkNode | null }>(name).implement({
    description,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      link: t.expose('link', { type: ReleaseAssetLink, nullable: true, description: 'The link; null with errors.' }),
    }),
  })

builder.mutationFields((t) => ({
  releaseAssetLinkCreate: t.field({
    type: payload('ReleaseAssetLinkCreatePayload', 'The link that was made.'),
    nullable: true,
    ability: 'release:update',
    description: 'Add a link to a release. Needs the role Developer, and the right to create the tag.',
    args: { input: t.arg({ type: ReleaseAssetLinkCreateInput, required: true, description: 'The link.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { link: null }, async () => {
        const { clientMutationId: _echoed, directAssetPath: path, linkType, ...link } = input
        return { link: await createLink(context, { ...link, filepath: path ?? null, linkType: linkType ?? 'other' }) }
      }),
  }),
  releaseAssetLinkUpdate: t.field({
    type: payload('ReleaseAssetLinkUpdatePayload', 'The link that was changed.'),
    nullable: true,
    ability: 'release:update',
    description: 'Change a link. Needs the role Developer, and the right to create the tag.',
    args: { input: t.arg({ type: ReleaseAssetLinkUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { link: null }, async () => {
        assertNotNull(input, ['name', 'url', 'linkType'])
        const { clientMutationId: _echoed, directAssetPath: filepath, ...changes } = input
        return { link: await updateLink(context, { ...changes, filepath }) }
      }),
  }),
  releaseAssetLinkDelete: t.field({
    type: payload('ReleaseAssetLinkDeletePayload', 'The link that was deleted.'),
    nullable: true,
    ability: 'release:update',
    description: 'Delete a link. Needs the role Developer, and the right to create the tag.',
    args: { input: t.arg({ type: ReleaseAssetLinkDeleteInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { link: null }, async () => ({ link: await deleteLink(context, input) })),
  }),
}))
