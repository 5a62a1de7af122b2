import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { ProtectedTagType } from './protected-tag-schema.ts'
import { createProtectedTag, deleteProtectedTag, updateProtectedTag } from './protected-tag-service.ts'

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

mutation('protectedTagCreate', {
  ability: 'protected-tag:write',
  description:
    'Say who may create the tags of a name and change their releases. Needs the role Maintainer. Not in GitLab.',
  input: (t) => ({
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
  payload: { protectedTag: ProtectedTagType },
  run: async (context, input) => ({ protectedTag: await createProtectedTag(context, input) }),
})

mutation('protectedTagUpdate', {
  ability: 'protected-tag:write',
  description: 'Rename a protected tag or replace whom it admits. Needs the role Maintainer. Not in GitLab.',
  input: (t) => ({
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
  payload: { protectedTag: ProtectedTagType },
  run: async (context, input) => ({ protectedTag: await updateProtectedTag(context, input) }),
})

mutation('protectedTagDelete', {
  ability: 'protected-tag:write',
  description: 'End the protection of tags. Needs the role Maintainer. Not in GitLab.',
  input: (t) => ({ id: t.field(id) }),
  payload: { protectedTag: ProtectedTagType },
  run: async (context, input) => ({ protectedTag: await deleteProtectedTag(context, input) }),
})
