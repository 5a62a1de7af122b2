import type { GraphQLResolveInfo } from 'graphql'
import { doNotKeep } from '../../context/answer-life.ts'
import { answerSize } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { placeOfField } from '../../context/field-place.ts'
import { toGlobalId } from '../../foundation/global-id.ts'
import { timeAtOffset } from '../../foundation/time.ts'
import { builder } from '../../graphql/builder.ts'
import { renderTitle } from '../../markdown/render-title.ts'
import { projectUrl } from '../projects/project-url.ts'
import { userByEmail } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { type CommitNode, commitOf } from './commit-loaders.ts'
import { ReleaseType } from './release-schema.ts'

const commitPath = ({ project, sha }: CommitNode) => `/${project.fullPath}/-/commit/${sha}`

/**
 * A part of the message. It counts each time, because it may have a million characters and a query may ask for it more than once.
 */
const partOfMessage = (
  description: string,
  of: (commit: CommitNode) => string,
  show: (text: string) => string | Promise<string> = (text) => text,
) =>
  ({
    kept: true,
    description,
    resolve(commit: CommitNode, _args: object, context: Context, info: GraphQLResolveInfo) {
      const text = of(commit)
      answerSize(context).take(text.length, () => placeOfField(info))
      return show(text)
    },
  }) as const

// Every field is public, because `Release.commit` gives no commit to viewers who may not read code.
export const CommitType = builder.objectRef<CommitNode>('Commit').implement({
  description: 'A commit of the repository.',
  access: { needs: 'code:read', project: (commit) => commit.project, fields: 'public' },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      kept: true,
      description: 'Global ID: `gid://gitlab/Commit/<sha>`.',
      resolve: ({ sha }) => toGlobalId('Commit', sha),
    }),
    sha: t.exposeString('sha', { nullable: false, kept: true, description: 'Full object name in lower-case hex.' }),
    shortId: t.exposeString('shortId', { nullable: false, kept: true, description: 'First 8 digits of `sha`.' }),
    title: t.string(partOfMessage('First line of the message.', ({ title }) => title)),
    fullTitle: t.string(partOfMessage('First paragraph of the message on one line.', ({ fullTitle }) => fullTitle)),
    titleHtml: t.string(partOfMessage('The title as safe HTML.', ({ title }) => title, renderTitle)),
    message: t.string(partOfMessage('The whole message.', ({ message }) => message)),
    description: t.string(partOfMessage('The message without its title.', ({ description }) => description)),
    webPath: t.string({
      nullable: false,
      kept: true,
      description: 'Relative path of its page.',
      resolve: commitPath,
    }),
    webUrl: t.string({
      nullable: false,
      kept: true,
      description: 'Absolute URL of its page.',
      resolve: (commit, _args, context) => `${projectUrl(context, commit.project)}/-/commit/${commit.sha}`,
    }),
    authoredDate: t.expose('authoredDate', { type: 'Time', kept: true, description: 'When it was written.' }),
    committedDate: t.expose('committedDate', { type: 'Time', kept: true, description: 'When it was committed.' }),
    authorName: t.exposeString('authorName', { kept: true, description: 'Name of the author, as in the commit.' }),
    authorEmail: t.exposeString('authorEmail', {
      kept: true,
      description: "The author's e-mail address, as in the commit.",
    }),
    author: t.field({
      type: UserCore,
      kept: true,
      description: "The account with the author's e-mail address; null when there is none.",
      resolve: ({ authorEmail }, _args, context) => userByEmail(context).load(authorEmail),
    }),
  }),
})

builder.objectFields(CommitType, (t) => ({
  parentIds: t.exposeStringList('parentIds', {
    internal: true,
    kept: true,
    nullable: false,
    description: 'Object names of the parents.',
  }),
  authoredAt: t.string({
    internal: true,
    kept: true,
    nullable: false,
    description: "When it was written, with the author's own offset from UTC.",
    resolve: ({ authoredDate, authoredOffset }) => timeAtOffset(authoredDate, authoredOffset),
  }),
  committedAt: t.string({
    internal: true,
    kept: true,
    nullable: false,
    description: "When it was committed, with the committer's own offset from UTC.",
    resolve: ({ committedDate, committedOffset }) => timeAtOffset(committedDate, committedOffset),
  }),
  committerName: t.exposeString('committerName', {
    internal: true,
    kept: true,
    nullable: false,
    description: 'Name of the committer, as in the commit.',
  }),
  committerEmail: t.exposeString('committerEmail', {
    internal: true,
    kept: true,
    nullable: false,
    description: "The committer's e-mail address, as in the commit.",
  }),
  trailers: t.expose('trailers', {
    type: 'JSON',
    internal: true,
    kept: true,
    nullable: false,
    description: 'Trailers of the message. If a key comes more than once, the last value counts.',
  }),
  extendedTrailers: t.expose('extendedTrailers', {
    type: 'JSON',
    internal: true,
    kept: true,
    nullable: false,
    description: 'Trailers of the message, with all values of each key.',
  }),
}))

builder.prismaObjectFields(ReleaseType, (t) => ({
  commit: t.field({
    type: CommitType,
    kept: true,
    access: { needs: 'code:read', otherwise: null },
    description: 'The commit that the tag pointed to at creation. Null when none was recorded or it cannot be read.',
    // Reading the repository costs more than reading a column.
    reads: ['sha'],
    extensions: { cost: 10 },
    resolve: ({ sha, project }, _args, context, info) => {
      if (!sha) return null
      const commit = commitOf(context, project, sha, () => placeOfField(info))
      if (!(commit instanceof Promise)) return commit
      return commit.then((found) => {
        if (!found) doNotKeep(context)
        return found
      })
    },
  }),
}))
