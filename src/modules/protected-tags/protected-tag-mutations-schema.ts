import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import { ProtectedTagType } from './protected-tag-schema.ts'
import {
  createProtectedTag,
  deleteProtectedTag,
  type ProtectedTagNode,
  updateProtectedTag,
} from './write-protected-tags.ts'

const name =
  'The name, or a pattern in which `*` stands for any run of characters; unique in the project; at most 1024 bytes.'
const createAccessLevel = 'Lowest role that is admitted: 30 Developer, 40 Maintainer, 0 nobody'
const id = { type: 'ProtectedTagID', required: true, description: 'Global ID of the protected tag.' } as const

const ProtectedTagAllowedToCreateInput = builder.inputType('ProtectedTagAllowedToCreateInput', {
  description: 'Who is admitted: exactly one of its fields. Not in GitLab.',
  fields: (t) => ({
    userId: t.field({
      type: 'UserID',
      description: 'Global ID of a member of the project; the role Developer is still needed.',
    }),
    groupId: t.field({
      type: 'GroupID',
      description: 'Global ID of a group whose Developers are admitted, if they are in the project too.',
    }),
    deployKeyId: t.int({ description: 'Number of a deploy key, which counts for pushes only.' }),
    accessLevel: t.int({ description: `${createAccessLevel}.` }),
  }),
})

const ProtectedTagCreateInput = builder.inputType('ProtectedTagCreateInput', {
  description: 'Tags to protect. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    name: t.string({ required: true, description: name }),
    createAccessLevel: t.int({
      defaultValue: 40,
      description: `${createAccessLevel}. Null: only those in \`allowedToCreate\`.`,
    }),
    allowedToCreate: t.field({
      type: [ProtectedTagAllowedToCreateInput],
      description: 'Who is admitted besides the role of `createAccessLevel`.',
    }),
  }),
})

const ProtectedTagUpdateInput = builder.inputType('ProtectedTagUpdateInput', {
  description: 'Changes of a protected tag. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field(id),
    name: t.string({ description: `${name} Absent: it stays.` }),
    createAccessLevel: t.int({
      description: `${createAccessLevel}. This and \`allowedToCreate\` replace together all that are admitted; absent both, they stay.`,
    }),
    allowedToCreate: t.field({
      type: [ProtectedTagAllowedToCreateInput],
      description: 'Who is admitted besides the role of `createAccessLevel`.',
    }),
  }),
})

const ProtectedTagDeleteInput = builder.inputType('ProtectedTagDeleteInput', {
  description: 'Which protection to end. Not in GitLab.',
  fields: (t) => ({ clientMutationId: t.string(clientMutationIdOptions), id: t.field(id) }),
})

const payload = (typeName: string, description: string) =>
  builder.objectRef<Payload & { protectedTag: ProtectedTagNode | null }>(typeName).implement({
    description: `${description} Not in GitLab.`,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      protectedTag: t.expose('protectedTag', {
        type: ProtectedTagType,
        nullable: true,
        description: 'The protected tag; null with errors.',
      }),
    }),
  })

builder.mutationFields((t) => ({
  protectedTagCreate: t.field({
    type: payload('ProtectedTagCreatePayload', 'The protected tag that was made.'),
    nullable: true,
    ability: 'protected-tag:write',
    description:
      'Say who may create the tags of a name and change their releases. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: ProtectedTagCreateInput, required: true, description: 'The tags.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { protectedTag: null }, async () => ({
        protectedTag: await createProtectedTag(context, input),
      })),
  }),
  protectedTagUpdate: t.field({
    type: payload('ProtectedTagUpdatePayload', 'The protected tag that was changed.'),
    nullable: true,
    ability: 'protected-tag:write',
    description: 'Rename a protected tag or replace whom it admits. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: ProtectedTagUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { protectedTag: null }, async () => ({
        protectedTag: await updateProtectedTag(context, input),
      })),
  }),
  protectedTagDelete: t.field({
    type: payload('ProtectedTagDeletePayload', 'The protected tag that was deleted.'),
    nullable: true,
    ability: 'protected-tag:write',
    description: 'End the protection of tags. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: ProtectedTagDeleteInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { protectedTag: null }, async () => ({
        protectedTag: await deleteProtectedTag(context, input),
      })),
  }),
}))
