import { notToBeKept } from '../../answer-life.ts'
import { builder } from '../../builder.ts'
import { reads } from '../../connections/prefetch.ts'
import { toGlobalId } from '../../global-id.ts'
import { renderMarkdown } from '../markdown/render.ts'
import { userByEmail } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { type CommitNode, commitOf } from './commit-loaders.ts'
import type { ReleaseNode } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'
import { projectUrl } from './release-urls.ts'

const commitPath = ({ project, sha }: CommitNode) => `/${project.fullPath}/-/commit/${sha}`

// Every field is public here: who may not read code never gets a commit (Release.commit).
const CommitType = builder.objectRef<CommitNode>('Commit').implement({
  description: 'A commit of the repository.',
  access: { needs: 'code:read', project: (commit) => commit.project },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      access: 'public',
      description: 'Global ID: `gid://gitlab/Commit/<sha>`.',
      resolve: ({ sha }) => toGlobalId('Commit', sha),
    }),
    sha: t.exposeString('sha', {
      nullable: false,
      access: 'public',
      description: 'Full object name in lower-case hex.',
    }),
    shortId: t.exposeString('shortId', { nullable: false, access: 'public', description: 'First 8 digits of `sha`.' }),
    title: t.exposeString('title', { access: 'public', description: 'First line of the message.' }),
    fullTitle: t.exposeString('fullTitle', {
      access: 'public',
      description: 'First paragraph of the message on one line.',
    }),
    titleHtml: t.string({
      access: 'public',
      description: 'The title as safe HTML.',
      resolve: ({ title }) => renderMarkdown(title),
    }),
    message: t.exposeString('message', { access: 'public', description: 'The whole message.' }),
    description: t.exposeString('description', { access: 'public', description: 'The message without its title.' }),
    webPath: t.string({
      nullable: false,
      access: 'public',
      description: 'Relative path of its page.',
      resolve: commitPath,
    }),
    webUrl: t.string({
      nullable: false,
      access: 'public',
      description: 'Absolute URL of its page.',
      resolve: (commit, _args, context) => `${projectUrl(context, commit.project)}/-/commit/${commit.sha}`,
    }),
    authoredDate: t.expose('authoredDate', { type: 'Time', access: 'public', description: 'When it was written.' }),
    committedDate: t.expose('committedDate', { type: 'Time', access: 'public', description: 'When it was committed.' }),
    authorName: t.exposeString('authorName', {
      access: 'public',
      description: 'Name of the author, as in the commit.',
    }),
    authorEmail: t.exposeString('authorEmail', {
      access: 'public',
      description: "The author's e-mail, as in the commit.",
    }),
    author: t.field({
      type: UserCore,
      access: 'public',
      description: "The account with the author's e-mail; null when there is none.",
      resolve: ({ authorEmail }, _args, context) => userByEmail(context).load(authorEmail),
    }),
  }),
})

builder.prismaObjectFields(ReleaseType, (t) => ({
  commit: t.field({
    type: CommitType,
    access: { needs: 'code:read', otherwise: null },
    description: 'The commit that the tag pointed to at creation; null when none was recorded or it cannot be read.',
    // Reading the repository is dearer than reading a column.
    extensions: { ...reads<ReleaseNode>('sha'), cost: 10 },
    resolve: ({ sha, project }, _args, context) => {
      if (!sha) return null
      const commit = commitOf(context, project, sha)
      if (!(commit instanceof Promise)) return commit
      return commit.then((found) => {
        if (!found) notToBeKept(context)
        return found
      })
    },
  }),
}))
