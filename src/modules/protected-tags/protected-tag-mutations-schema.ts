import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { ProtectedTagType } from './protected-tag-schema.ts'
import { createProtectedTag, deleteProtectedTag, updateProtectedTag } from './write-protected-tags.ts'

const name =
  'The name, or a pattern in which `*` stands for any number of characters. Unique in the project; at most 1024 bytes.'
const createAccessLevel = 'Lowest role that is admitted: 30 Developer, 40 Maintainer, 0 nobody'
const id = { type: 'ProtectedTagID', required: true, description: 'Global ID of the protected tag.' } as const

const ProtectedTagAllowedToCreateInput = builder.inputType('ProtectedTagAllowedToCreateInput', {
  description: 'Who is admitted. Exactly one of the fields must be given. Not in GitLab.',
  fields: (t) => ({
    userId: t.field({
      type: 'UserID',
      description: 'Global ID of a member of the project. The member still needs the role Developer.',
    }),
    groupId: t.field({
      type: 'GroupID',
      description: 'Global ID of a group. Its Developers are admitted if they are Developers of the project too.',
    }),
    deployKeyId: t.int({ description: 'Number of a deploy key. It counts for pushes only.' }),
    accessLevel: t.int({ description: `${createAccessLevel}.` }),
  }),
})

mutation('protectedTagCreate', {
  ability: 'protected-tag:write',
  description:
    'Limit who may create tags with this name, and change their releases. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Tags to protect. Not in GitLab.',
    argument: 'The tags.',
    fields: (t) => ({
      projectPath: t.id({ required: true, description: 'Full path of the project.' }),
      name: t.string({ required: true, description: name }),
      createAccessLevel: t.int({
        defaultValue: 40,
        description: `${createAccessLevel}. Null: only \`allowedToCreate\` counts.`,
      }),
      allowedToCreate: t.field({
        type: [ProtectedTagAllowedToCreateInput],
        description: 'Who is admitted besides the role of `createAccessLevel`.',
      }),
    }),
  },
  payload: {
    description: 'The new protected tag. Not in GitLab.',
    fields: { protectedTag: ProtectedTagType },
  },
  run: async (context, input) => ({
    protectedTag: await createProtectedTag(context, input),
  }),
})

mutation('protectedTagUpdate', {
  ability: 'protected-tag:write',
  description:
    'Rename a protected tag, or replace its list of who is admitted. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Changes of a protected tag. Not in GitLab.',
    argument: 'The changes.',
    fields: (t) => ({
      id: t.field(id),
      name: t.string({ description: `${name} Absent: the name stays.` }),
      createAccessLevel: t.int({
        description: `${createAccessLevel}. This and \`allowedToCreate\` together replace everybody who is admitted. If both are absent, nothing changes.`,
      }),
      allowedToCreate: t.field({
        type: [ProtectedTagAllowedToCreateInput],
        description: 'Who is admitted besides the role of `createAccessLevel`.',
      }),
    }),
  },
  payload: {
    description: 'The protected tag that was changed. Not in GitLab.',
    fields: { protectedTag: ProtectedTagType },
  },
  run: async (context, input) => ({
    protectedTag: await updateProtectedTag(context, input),
  }),
})

mutation('protectedTagDelete', {
  ability: 'protected-tag:write',
  description: 'End the protection of tags. Needs the role Maintainer. Not in GitLab.',
  input: {
    description: 'Which protection to end. Not in GitLab.',
    argument: 'The protected tag to delete.',
    fields: (t) => ({
      id: t.field(id),
    }),
  },
  payload: {
    description: 'The protected tag that was deleted. Not in GitLab.',
    fields: { protectedTag: ProtectedTagType },
  },
  run: async (context, input) => ({
    protectedTag: await deleteProtectedTag(context, input),
  }),
})
