import { canInGroup } from '../../access/group-abilities.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { emptyConnection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { auditEventsOfGroup, auditEventsOfProject } from './audit-event-loaders.ts'

const Credential = builder.enumType('Credential', {
  description: 'What an author signed in with. Not in GitLab.',
  values: {
    ACCESS_TOKEN: { value: 'access_token', description: 'An access token of an account.' },
    SESSION: { value: 'session', description: 'A session of a browser.' },
    JOB_TOKEN: { value: 'job_token', description: 'A job token: a pipeline.' },
    JWT: { value: 'jwt', description: 'A token of a trusted issuer that names an account: a person.' },
    PIPELINE_JWT: {
      value: 'pipeline_jwt',
      description: 'A token of a trusted issuer that was issued for a project: a pipeline.',
    },
    COMMAND_LINE: { value: 'command_line', description: "No credential: a command on the server's own machine." },
  } as const,
})

const AuditEventType = builder.prismaObject('AuditEvent', {
  description:
    'Who wrote what, when, and from where. It outlives what was written. Not in GitLab, whose own audit events need a license.',
  // Only the two connections lead to an audit event, and each of them asks for the role.
  access: 'public',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global ID.', resolve: (event) => toGlobalId('AuditEvent', event.id) }),
    eventType: t.exposeString('eventType', { nullable: false, description: 'What happened: `release_created`.' }),
    authorName: t.exposeString('authorName', {
      nullable: false,
      description: "The author's name at that time; `pipeline` for a CI job without an account.",
    }),
    author: t.field({
      type: UserCore,
      description: 'The account that wrote. Null when the account is gone, and for a CI job without an account.',
      resolve: ({ authorId }, _args, context) => (authorId === null ? null : userById(context).load(authorId)),
    }),
    credential: t.expose('credential', {
      type: Credential,
      description: 'What the author signed in with. Null for writes from before this was recorded.',
    }),
    targetType: t.exposeString('targetType', {
      nullable: false,
      description: 'Class of what was written, as in global IDs: `Release`, `Releases::Link`.',
    }),
    targetId: t.id({
      nullable: false,
      description: 'Global ID of what was written. It may be gone.',
      resolve: ({ targetType, targetId }) => toGlobalId(targetType, targetId),
    }),
    targetDetails: t.exposeString('targetDetails', { nullable: false, description: 'Its name at that time.' }),
    message: t.exposeString('message', { nullable: false, description: 'What happened, in one sentence.' }),
    ipAddress: t.exposeString('ipAddress', {
      description: 'Address that the request came from. Null when there was no request.',
    }),
    requestId: t.exposeString('requestId', { description: 'ID of the request, as in its answer and in the log.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it happened.' }),
  }),
})

const auditEventPageTypes = pageTypes({
  type: AuditEventType,
  name: 'AuditEvent',
  one: 'An audit event',
  many: 'audit events',
})

builder.prismaObjectFields('Project', (t) => ({
  auditEvents: t.connection(
    {
      type: AuditEventType,
      access: { needs: 'audit-event:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'Every write to the project and to what belongs to it, newest first. Not in GitLab.',
      resolve: auditEventsOfProject,
    },
    ...auditEventPageTypes,
  ),
}))

builder.prismaObjectFields('Group', (t) => ({
  auditEvents: t.connection(
    {
      type: AuditEventType,
      description:
        'Every write to the group itself, newest first. Projects have audit events of their own. Empty for viewers ' +
        'who do not have the role Maintainer in the group. Not in GitLab.',
      resolve: (group, args, context, info) => {
        // Wrong arguments are refused whoever asks.
        toWindow(args)
        return canInGroup(context.viewer, 'audit-event:read', group)
          ? auditEventsOfGroup(group, args, context, info)
          : emptyConnection()
      },
    },
    ...auditEventPageTypes,
  ),
}))
